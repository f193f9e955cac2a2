import assert from "node:assert/strict";
import { it } from "node:test";
import { inertKinds, isInertKind } from "./inert-kinds.ts";
import { apiVersionOf, findKind, inertKindOf, kindOf, kinds } from "./kinds.ts";

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
  assert.equal(findKind("statefulsets"), undefined);
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

it("an inert kind is found by its names and is none of the mesh's", () => {
  assert.equal(findKind("deployments.apps")?.kind, "Deployment");
  assert.equal(inertKindOf("v1", "Secret")?.plural, "secrets");
  assert.equal(kindOf("v1", "Secret"), undefined);
  assert.deepEqual([...kinds, ...inertKinds].filter(isInertKind), inertKinds);
});

it("no two kinds have a name in common", () => {
  const names = [...kinds, ...inertKinds].flatMap(({ plural, shortNames }) => [plural, ...shortNames]);
  assert.equal(new Set(names).size, names.length);
});
