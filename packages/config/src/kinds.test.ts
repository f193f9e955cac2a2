import assert from "node:assert/strict";
import { it } from "node:test";
import { apiVersionOf, findKind, kindOf } from "./kinds.ts";

for (const name of [
  "vs",
  "VirtualService",
  "virtualservices",
  "virtualservices.networking.istio.io",
  "virtualservice.v1beta1.networking.istio.io",
]) {
  it(`${name} means VirtualService`, () => assert.equal(findKind(name)?.kind, "VirtualService"));
}

it("a group that the kind is not of finds nothing", () => {
  assert.equal(findKind("virtualservices.security.istio.io"), undefined);
  assert.equal(findKind("deployments"), undefined);
});

it("an object's kind is found by group, version and name", () => {
  assert.equal(kindOf("networking.istio.io/v1alpha3", "Gateway")?.plural, "gateways");
  assert.equal(kindOf("networking.istio.io/v1alpha4", "Gateway"), undefined);
  assert.equal(kindOf("v1", "Service")?.plural, "services");
});

it("an apiVersion is group and version, and the version alone in the core group", () => {
  assert.equal(apiVersionOf(findKind("vs")!), "networking.istio.io/v1");
  assert.equal(apiVersionOf(findKind("svc")!), "v1");
});
