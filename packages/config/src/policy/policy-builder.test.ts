import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ClusterPolicy, MeshPolicy, PolicyChange, ServicePolicy } from "@intramesh/core";
import fc from "fast-check";
import { instanceMarks } from "../instance-marks.ts";
import type { Resource } from "../resource.ts";
import { client, networking, service, workload } from "../testing/resources.ts";
import { createMeshPolicy } from "./mesh-policy.ts";
import { createPolicyBuilder } from "./policy-builder.ts";
import type { ResourceChanges } from "./resource-changes.ts";

const names = ["a", "b", "c"];
const name = fc.constantFrom(...names);
const host = fc.constantFrom(
  "a",
  "a",
  "a",
  "b",
  "c",
  "b.other.svc.cluster.local",
  "x.example.com",
  "*.example.com",
  "*",
);
const namespace = fc.constantFrom("default", "default", "default", "other", "istio-system");
const exportTo = fc.constantFrom(undefined, ["."], ["*"], ["default"]);
const createdAt = fc.constantFrom(undefined, "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z");
const optional = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });

/** Without the keys that have no value, as resources are written. */
function written<Spec extends object>(spec: Spec): object {
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
}

const virtualService = fc
  .record({ namespace, name, host, exportTo, createdAt, to: host, delegate: optional(name), isRoot: fc.boolean() })
  .map((given) => {
    const hosts = given.isRoot ? { hosts: [given.host] } : {};
    const route = { route: [{ destination: { host: given.to } }] };
    const isRouted = given.delegate === undefined || !given.isRoot;
    const http = [isRouted ? route : { delegate: { name: given.delegate, namespace: "default" } }];
    return networking(
      "VirtualService",
      `${given.namespace}/${given.name}`,
      written({ ...hosts, exportTo: given.exportTo, http }),
      written({ creationTimestamp: given.createdAt }),
    );
  });
const destinationRule = fc
  .record({ namespace, name, host, exportTo, createdAt, pins: fc.boolean(), subset: optional(name) })
  .map((given) =>
    networking(
      "DestinationRule",
      `${given.namespace}/${given.name}`,
      written({
        host: given.host,
        exportTo: given.exportTo,
        trafficPolicy: given.pins ? { loadBalancer: { consistentHash: { useSourceIp: true } } } : undefined,
        subsets: given.subset === undefined ? undefined : [{ name: "v1", labels: { version: given.subset } }],
      }),
      written({ creationTimestamp: given.createdAt }),
    ),
  );
const kubernetesService = fc
  .record({ namespace, name, port: fc.constantFrom(80, 81) })
  .map((given) => service(`${given.namespace}/${given.name}`, { name: "http", port: given.port }));
const serviceEntry = fc.record({ namespace, name, host, createdAt, exportTo, app: optional(name) }).map((given) =>
  networking(
    "ServiceEntry",
    `${given.namespace}/${given.name}`,
    written({
      hosts: [given.host],
      exportTo: given.exportTo,
      ports: [{ number: 80, name: "http", protocol: "HTTP" }],
      resolution: given.app === undefined ? "DNS" : "STATIC",
      workloadSelector: given.app === undefined ? undefined : { labels: { app: given.app } },
    }),
    written({ creationTimestamp: given.createdAt }),
  ),
);
const workloadEntry = fc
  .record({ namespace, name, app: name, version: name, service: optional(name), port: fc.constantFrom(80, 81) })
  .map((given) =>
    workload(
      `${given.namespace}/${given.name}`,
      {
        address: `10.0.0.${1 + names.indexOf(given.name)}`,
        labels: { app: given.app, version: given.version },
        ports: { http: given.port },
      },
      written({
        annotations: given.service === undefined ? undefined : { [instanceMarks.service]: given.service },
      }),
    ),
  );
const sidecar = fc
  .record({ name, reach: fc.constantFrom("*/*", "./*", "other/*") })
  .map((given) => networking("Sidecar", given.name, { egress: [{ hosts: [given.reach] }] }));
const resource = fc.oneof(
  { weight: 4, arbitrary: virtualService },
  { weight: 4, arbitrary: destinationRule },
  { weight: 3, arbitrary: kubernetesService },
  { weight: 2, arbitrary: serviceEntry },
  { weight: 4, arbitrary: workloadEntry },
);

/** Changes, and whether the policy is looked at before the next ones come: what it says may not depend on that. */
interface Step {
  readonly put: readonly Resource[];
  readonly deleted: readonly number[];
  readonly isReadLate: boolean;
}

const stepOf = (one: fc.Arbitrary<Resource>): fc.Arbitrary<Step> =>
  fc.record({
    put: fc.array(one, { minLength: 1, maxLength: 4 }),
    deleted: fc.array(fc.nat(), { maxLength: 2 }),
    isReadLate: fc.boolean(),
  });

/** The resources of a source and how they change. */
class Contents {
  readonly resources: Map<string, Resource> = new Map();

  change(put: readonly Resource[], deleted: readonly number[]): ResourceChanges {
    const all = [...this.resources];
    const gone = new Set(deleted.flatMap((at) => (all.length === 0 ? [] : [all[at % all.length]![0]])));
    for (const key of gone) this.resources.delete(key);
    const come = new Map(put.map((one) => [`${one.kind}/${one.metadata.namespace}/${one.metadata.name}`, one]));
    for (const [key, one] of come) this.resources.set(key, one);
    const keys = [...gone].map((key) => {
      const [kind, owner, last] = key.split("/");
      return { kind: kind!, namespace: owner, name: last! };
    });
    return { put: [...come.values()], deleted: keys };
  }
}

function clustersOf(policy: MeshPolicy): readonly ClusterPolicy[] {
  const hosts = [...policy.services.keys(), "y.example.com", "unknown.example"];
  return hosts.flatMap((one) =>
    [80, 81].flatMap((port) =>
      [undefined, "v1"].flatMap((subset) => policy.cluster({ host: one, port, subset }) ?? []),
    ),
  );
}

function endpointsOf(policy: MeshPolicy, cluster: ClusterPolicy): readonly string[] {
  return policy
    .endpoints(cluster)
    .map((endpoint) => JSON.stringify(endpoint))
    .sort();
}

/** Everything that a policy says, in an order that does not depend on how it came about. */
function told(policy: MeshPolicy): unknown {
  const byHost = (one: ServicePolicy, other: ServicePolicy): number => (one.host < other.host ? -1 : 1);
  const clusters = clustersOf(policy).map((cluster) => ({ cluster, endpoints: endpointsOf(policy, cluster) }));
  return {
    services: [...policy.services.values()].sort(byHost),
    virtualHosts: policy.virtualHosts.map(({ virtualService: owner, hosts, routes }) => ({ owner, hosts, routes })),
    clusters: clusters.sort((one, other) => (one.cluster.key < other.cluster.key ? -1 : 1)),
    outboundTrafficPolicy: policy.outboundTrafficPolicy,
  };
}

/** Whether `change` owns up to every difference. */
function assertNamed(change: PolicyChange, policy: MeshPolicy): void {
  const { since } = change;
  const changed = new Set(change.virtualHosts.map(({ after }) => after));
  for (const virtualHost of policy.virtualHosts) {
    assert.ok(changed.has(virtualHost) || since.virtualHosts.includes(virtualHost));
  }
  for (const cluster of clustersOf(policy)) {
    if (change.touches(cluster.host)) continue;
    const { host: at, port, subset } = cluster;
    const before = since.cluster({ host: at, port, subset });
    assert.deepEqual(before, cluster);
    assert.deepEqual(endpointsOf(since, before!), endpointsOf(policy, cluster));
  }
}

function assertSteps(steps: readonly Step[]): void {
  const contents = new Contents();
  const builder = createPolicyBuilder(client);
  builder.update({ resources: [] });
  const old: { readonly policy: MeshPolicy; readonly said: unknown }[] = [];
  for (const { put, deleted, isReadLate } of steps) {
    const changes = contents.change(put, deleted);
    const resources = [...contents.resources.values()];
    const { policy, change } = builder.update({ resources, changes });
    const said = told(createMeshPolicy(resources, client));
    if (!isReadLate) {
      if (change !== undefined) assertNamed(change, policy);
      assert.deepEqual(told(policy), said);
    }
    old.push({ policy, said });
  }
  for (const { policy, said } of old) assert.deepEqual(told(policy), said);
}

describe("a policy made in steps", () => {
  it("is the one that the resources mean, after each step and ever after", () => {
    fc.assert(fc.property(fc.array(stepOf(resource), { maxLength: 8 }), assertSteps), { numRuns: 500 });
  });

  it("is so under Sidecars too", () => {
    const limited = stepOf(fc.oneof({ weight: 5, arbitrary: resource }, { weight: 1, arbitrary: sidecar }));
    fc.assert(fc.property(fc.array(limited, { maxLength: 8 }), assertSteps), { numRuns: 200 });
  });

  it("keeps what did not change the same object", () => {
    const shop = networking("VirtualService", "shop", { hosts: ["shop"], http: [{ route: [] }] });
    const builder = createPolicyBuilder(client);
    const before = builder.update({ resources: [shop] }).policy;
    const other = networking("VirtualService", "other", { hosts: ["other"], http: [{ route: [] }] });
    const { policy } = builder.update({ resources: [shop, other], changes: { put: [other], deleted: [] } });
    assert.equal(before.virtualHosts.length, 1);
    assert.ok(policy.virtualHosts.includes(before.virtualHosts[0]!));
  });
});
