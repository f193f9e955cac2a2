import assert from "node:assert/strict";
import { it } from "node:test";
import { type AnyResource, parseResource, type VirtualService } from "@intramesh/config";

/* What the compiler makes of the types is most of this test. */

const canary: VirtualService = {
  apiVersion: "networking.istio.io/v1",
  kind: "VirtualService",
  metadata: { name: "reviews" },
  spec: { hosts: ["reviews"], http: [{ route: [{ destination: { host: "reviews", subset: "v2" } }], timeout: "3s" }] },
};

function hostsOf(resource: AnyResource): readonly string[] {
  switch (resource.kind) {
    case "VirtualService":
      return resource.spec.hosts ?? [];
    case "DestinationRule":
      return resource.spec.host === undefined ? [] : [resource.spec.host];
    default:
      return [];
  }
}

it("a resource written in TypeScript is accepted as one read from YAML", () => {
  assert.deepEqual(parseResource(canary), { resource: canary, issues: [] });
});

it("the kind of a resource says what its spec is", () => {
  assert.deepEqual(hostsOf(canary), ["reviews"]);
});

it("a field that a kind has not got does not compile", () => {
  // @ts-expect-error retry is no field of a route
  const route: NonNullable<VirtualService["spec"]["http"]>[number] = { retry: { attempts: 1 } };
  assert.ok(route);
});
