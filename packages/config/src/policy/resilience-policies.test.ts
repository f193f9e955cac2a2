import assert from "node:assert/strict";
import { it } from "node:test";
import type { ClusterRef, ResiliencePolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import { client, service } from "../testing/resources.ts";
import { createMeshPolicy } from "./mesh-policy.ts";
import { createResiliencePolicies } from "./resilience-policies.ts";

function policy(name: string, spec: object, createdAt: number = 0): Resource {
  const [last, namespace = "default"] = name.split("/").reverse();
  const creationTimestamp = new Date(createdAt).toISOString();
  return {
    apiVersion: "resilience.intramesh.io/v1alpha1",
    kind: "ResiliencePolicy",
    metadata: { name: last!, namespace, creationTimestamp },
    spec,
  };
}

function find(
  resources: readonly Resource[],
  ref: Partial<ClusterRef> = {},
  clientNamespace: string = "default",
): ResiliencePolicy | undefined {
  const policies = createResiliencePolicies(resources, {
    clientNamespace,
    rootNamespace: "istio-system",
    domain: "cluster.local",
    serviceNamespace: (host) => (host.startsWith("ratings.default") ? "default" : undefined),
  });
  return policies.find({ host: "ratings.default.svc.cluster.local", port: 80, subset: undefined, ...ref });
}

const bulkhead = (maxConcurrent: number): object => ({ bulkhead: { maxConcurrent } });
const fqdn = "ratings.default.svc.cluster.local";

it("no policy for the host is none", () => {
  assert.equal(find([]), undefined);
  assert.equal(find([policy("p", { host: "details", ...bulkhead(1) })]), undefined);
});

it("a short host belongs to the policy's namespace", () => {
  assert.equal(find([policy("p", { host: "ratings", ...bulkhead(7) })])?.bulkhead?.maxConcurrent, 7);
  assert.equal(find([policy("other/p", { host: "ratings", ...bulkhead(7) })], {}, "other"), undefined);
});

it("a policy for a subset is for that subset alone", () => {
  const resources = [policy("p", { host: "ratings", subset: "v2", ...bulkhead(7) })];
  assert.equal(find(resources), undefined);
  assert.equal(find(resources, { subset: "v1" }), undefined);
  assert.equal(find(resources, { subset: "v2" })?.bulkhead?.maxConcurrent, 7);
});

it("a subset's blocks stand before the host's; blocks that it leaves out are the host's", () => {
  const resources = [
    policy("host", { host: "ratings", ...bulkhead(7), collapse: {} }),
    policy("subset", { host: "ratings", subset: "v2", ...bulkhead(3) }, 5),
  ];
  const found = find(resources, { subset: "v2" });
  assert.deepEqual([found?.bulkhead?.maxConcurrent, found?.collapse?.methods], [3, ["GET"]]);
  assert.deepEqual(found?.names, ["default/subset", "default/host"]);
  assert.equal(find(resources, { subset: "v1" })?.bulkhead?.maxConcurrent, 7);
});

it("of two policies for the same the older has the word, block by block", () => {
  const resources = [
    policy("young", { host: "ratings", ...bulkhead(1), rateLimit: { requests: 5, inbound: true } }, 9),
    policy("old", { host: "ratings", ...bulkhead(2), rateLimit: { requests: 6 } }, 1),
  ];
  const found = find(resources);
  assert.deepEqual(found?.names, ["default/old", "default/young"]);
  assert.deepEqual(
    [found?.bulkhead?.maxConcurrent, found?.rateLimit?.requests, found?.inboundRateLimit?.requests],
    [2, 6, 5],
  );
});

it("the client's namespace stands before the service's, and that before the root's", () => {
  const own = policy("shop/p", { host: fqdn, ...bulkhead(1) });
  const theirs = policy("default/p", { host: "ratings", ...bulkhead(2) });
  const root = policy("istio-system/p", { host: fqdn, ...bulkhead(3) });
  const stranger = policy("other/p", { host: fqdn, ...bulkhead(4) });
  const all = [stranger, root, theirs, own];
  assert.equal(find(all, {}, "shop")?.bulkhead?.maxConcurrent, 1);
  assert.equal(find(all, {}, "cart")?.bulkhead?.maxConcurrent, 2);
  assert.equal(find([stranger, root], {}, "cart")?.bulkhead?.maxConcurrent, 3);
  assert.equal(find([stranger], {}, "cart"), undefined);
});

it("the same resources give the same object from one state to the next", () => {
  const resources = [policy("host", { host: "ratings", ...bulkhead(7) })];
  assert.equal(find(resources), find([...resources, policy("p", { host: "details", ...bulkhead(1) })]));
  assert.equal(find(resources), find(resources, { subset: "v9" }));
});

it("a fallback's host belongs to the policy's namespace too", () => {
  const found = find([policy("p", { host: "ratings", fallback: { destination: { host: "stale" } } })]);
  assert.deepEqual(found?.fallback?.action, {
    kind: "destination",
    host: "stale.default.svc.cluster.local",
    subset: undefined,
  });
});

it("a mesh policy knows them by cluster", () => {
  const mesh = createMeshPolicy(
    [service("ratings", { number: 80, name: "http" }), policy("p", { host: "ratings", ...bulkhead(7) })],
    client,
  );
  assert.equal(mesh.resilience({ host: fqdn, port: 80, subset: undefined })?.bulkhead?.maxConcurrent, 7);
});
