import assert from "node:assert/strict";
import { it } from "node:test";
import type { MeshPolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import { networking, service } from "../testing/resources.ts";
import { createMeshPolicy } from "./mesh-policy.ts";

const http = { name: "http", port: 80 };
const admin = { name: "admin", port: 81 };
const services = [service("a", http), service("b", http, admin), service("prod/c", http)];

function sidecar(name: string, hosts: readonly string[], more: object = {}): Resource {
  return networking("Sidecar", name, { egress: [{ hosts }], ...more });
}

function policyWith(...resources: readonly Resource[]): MeshPolicy {
  const client = { namespace: "default", labels: { app: "productpage" } };
  return createMeshPolicy([...services, ...resources], client);
}

/** First labels of the services that are seen. */
function seen(policy: MeshPolicy): string {
  return [...policy.services.values()].map(({ name }) => name).join(" ");
}

const wildcardEntry = networking("ServiceEntry", "entry", {
  hosts: ["*.x.com"],
  ports: [{ number: 80, name: "http", protocol: "HTTP" }],
});

const cases: readonly (readonly [title: string, sidecars: readonly Resource[], services: string])[] = [
  ["without a Sidecar everything is seen", [], "a b c"],
  ["a Sidecar without egress hides nothing", [networking("Sidecar", "x", {})], "a b c"],
  ["./* is the client's namespace", [sidecar("x", ["./*"])], "a b"],
  ["*/* is everything", [sidecar("x", ["*/*"])], "a b c"],
  ["~/* is nothing", [sidecar("x", ["~/*"])], ""],
  ["a namespace is all of it", [sidecar("x", ["prod/*"])], "c"],
  ["a host is that one", [sidecar("x", ["*/b.default.svc.cluster.local"])], "b"],
  ["~ in front of a namespace takes hosts away", [sidecar("x", ["*/*", "~./b.default.svc.cluster.local"])], "a c"],
  [
    "a listener with a port is for services that have it",
    [networking("Sidecar", "x", { egress: [{ port: { number: 81 }, hosts: ["*/*"] }] })],
    "b",
  ],
  ["a host under a wildcard service does not bring the service", [wildcardEntry, sidecar("x", ["*/a.x.com"])], ""],
  ["a wildcard brings the wildcard services in it", [wildcardEntry, sidecar("x", ["*/*.com"])], "*.x.com"],
  ["a Sidecar of another namespace does not count", [sidecar("prod/x", ["~/*"])], "a b c"],
  ["one of the root namespace is for all that have none", [sidecar("istio-system/x", ["prod/*"])], "c"],
  ["one of the own namespace goes before it", [sidecar("istio-system/x", ["prod/*"]), sidecar("x", ["./*"])], "a b"],
  [
    "one that selects the client goes before one for all",
    [sidecar("x", ["./*"]), sidecar("y", ["prod/*"], { workloadSelector: { labels: { app: "productpage" } } })],
    "c",
  ],
  [
    "one that selects others does not count",
    [sidecar("x", ["./*"]), sidecar("y", ["prod/*"], { workloadSelector: { labels: { app: "other" } } })],
    "a b",
  ],
];

for (const [title, sidecars, names] of cases) {
  it(title, () => assert.equal(seen(policyWith(...sidecars)), names));
}

it("hides the VirtualServices of hidden hosts, and shows where visible ones send requests", () => {
  const toC = [{ route: [{ destination: { host: "c.prod.svc.cluster.local" } }] }];
  const rules = [
    networking("VirtualService", "a", { hosts: ["a"], http: toC }),
    networking("VirtualService", "b", { hosts: ["b"], http: toC }),
  ];
  const policy = policyWith(...rules, sidecar("x", ["./a.default.svc.cluster.local"]));
  assert.deepEqual(
    policy.virtualHosts.map(({ virtualService }) => virtualService),
    ["default/a"],
  );
  assert.equal(seen(policy), "a c");
});

it("may say what happens to unknown hosts: a block without a mode is REGISTRY_ONLY, no block is the mesh's", () => {
  const modes = [{}, { outboundTrafficPolicy: {} }, { outboundTrafficPolicy: { mode: "ALLOW_ANY" } }];
  assert.deepEqual(
    modes.map((more) => policyWith(sidecar("x", ["*/*"], more)).outboundTrafficPolicy),
    ["ALLOW_ANY", "REGISTRY_ONLY", "ALLOW_ANY"],
  );
});

it("does not limit a Gateway", () => {
  const client = { namespace: "default", labels: {}, gateway: "edge" };
  assert.equal(seen(createMeshPolicy([...services, sidecar("x", ["~/*"])], client)), "a b c");
});

it("a port that has a listener of its own is not looked at by the one for the rest", () => {
  const egress = [
    { port: { number: 80, protocol: "HTTP", name: "http" }, hosts: ["./a.default.svc.cluster.local"] },
    { hosts: ["./*"] },
  ];
  const policy = policyWith(networking("Sidecar", "x", { egress }));
  const isCallable = (name: string, port: number): boolean | undefined =>
    policy.isCallable?.(policy.services.get(`${name}.default.svc.cluster.local`)!, port);
  assert.equal(seen(policy), "a b");
  assert.deepEqual([isCallable("a", 80), isCallable("b", 80), isCallable("b", 81)], [true, false, true]);
});
