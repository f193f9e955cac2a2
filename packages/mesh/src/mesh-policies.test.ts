import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ResourceState } from "@intramesh/discovery";
import { createMeshPolicies, type MeshPolicies } from "./mesh-policies.ts";
import { resources, service } from "./testing/mesh-fixture.ts";

const client = { namespace: "default", labels: {} };
const first = service("reviews", { v1: 9080 });

function stateOf(mesh: unknown, parts: Partial<ResourceState> = {}): ResourceState {
  return {
    resources: first,
    revision: "1",
    description: "registry http://registry.test",
    stale: false,
    mesh,
    ...parts,
  };
}

describe("the settings that come with the resources", () => {
  const closed = { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" } };
  const outbound = (policies: MeshPolicies, state: ResourceState): string =>
    policies.update(state).policy.outboundTrafficPolicy;

  it("hold for the mesh, and are followed as they change", () => {
    const policies = createMeshPolicies(client, {});
    assert.equal(outbound(policies, stateOf(undefined)), "ALLOW_ANY");
    assert.equal(outbound(policies, stateOf(closed)), "REGISTRY_ONLY");
    assert.equal(outbound(policies, stateOf({})), "ALLOW_ANY");
  });

  it("give way to what the program itself says", () => {
    const policies = createMeshPolicies(client, { outboundTrafficPolicy: "ALLOW_ANY" });
    assert.equal(outbound(policies, stateOf(closed)), "ALLOW_ANY");
  });

  it("are refused with all that is wrong; the next state misses nothing of the one between", () => {
    const policies = createMeshPolicies(client, {});
    policies.update(stateOf(undefined));
    const added = service("ratings", { v1: 9081 });
    const wrong = { rootNamespace: "a.b", connectTimeout: "0s" };
    const second = stateOf(wrong, { resources: [...first, ...added], changes: { put: added, deleted: [] } });
    assert.throws(() => policies.update(second), {
      code: "MESH_BAD_RESOURCE",
      message: /registry http:\/\/registry\.test.*rootNamespace: .*connectTimeout: /,
    });
    const more = resources("apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }");
    const third = stateOf(undefined, {
      resources: [...first, ...added, ...more],
      changes: { put: more, deleted: [] },
    });
    const { policy } = policies.update(third);
    const ratings = { host: "ratings.default.svc.cluster.local", port: 80, subset: undefined };
    assert.notEqual(policy.cluster(ratings), undefined);
  });

  it("leave a step of the resources a step", () => {
    const policies = createMeshPolicies(client, {});
    policies.update(stateOf(closed));
    const changes = { put: [], deleted: [] };
    assert.notEqual(policies.update(stateOf({ ...closed }, { changes })).change, undefined);
  });
});
