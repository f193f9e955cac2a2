import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BalancingPolicy, EffectiveTrafficPolicy, HashKey, RoutePolicy } from "@intramesh/core";
import type { Resource } from "../../resource.ts";
import { client, networking, service } from "../../testing/resources.ts";
import type { MeshClient } from "../mesh-client.ts";
import { createMeshPolicy } from "../mesh-policy.ts";

const host = "shop.default.svc.cluster.local";
const shop = service("shop", { name: "http", port: 80 }, { name: "admin", port: 81 });

const byUser = { consistentHash: { httpHeaderName: "x-user" } };
const byCookie = { consistentHash: { httpCookie: { name: "sid" } } };
const user: HashKey = { kind: "header", name: "x-user" };
const cookie: HashKey = { kind: "cookie", name: "sid", path: "", ttlMs: undefined, attributes: [] };

/** The rule: by user, on port 81 by cookie; subset v2 by cookie. */
const rule = networking("DestinationRule", "shop", {
  host: "shop",
  trafficPolicy: { loadBalancer: byUser, portLevelSettings: [{ port: { number: 81 }, loadBalancer: byCookie }] },
  subsets: [{ name: "v1" }, { name: "v2", trafficPolicy: { loadBalancer: byCookie } }],
});

function routeTo(...destinations: readonly object[]): RoutePolicy {
  const route = destinations.map((destination) => ({ destination, weight: 100 / destinations.length }));
  const rules = networking("VirtualService", "shop", { hosts: ["shop"], http: [{ route }] });
  const [virtualHost] = createMeshPolicy([shop, rule, rules], client).virtualHosts;
  return virtualHost!.routes[0]!;
}

const routes = [
  { title: "the host's key", to: [{ host }], keys: [user] },
  {
    title: "a port's key only where the destination names the port",
    to: [{ host, port: { number: 81 } }],
    keys: [cookie],
  },
  { title: "the subset's key before the host's", to: [{ host, subset: "v2" }], keys: [cookie] },
  {
    title: "the keys of all destinations",
    to: [
      { host, subset: "v1" },
      { host, subset: "v2" },
    ],
    keys: [user, cookie],
  },
  { title: "no key where nobody declared the host", to: [{ host: "elsewhere.example.com" }], keys: [] },
];

for (const { title, to, keys } of routes) {
  it(`a route has ${title}`, () => assert.deepEqual(routeTo(...to).hashKeys, keys));
}

it("a route that no VirtualService wrote has the key of the port that was called", () => {
  const policy = createMeshPolicy([shop, rule], client);
  assert.deepEqual(policy.defaultRoute(host, 80).hashKeys, [user]);
  assert.deepEqual(policy.defaultRoute(host, 81).hashKeys, [cookie]);
});

it("a redirect has none", () => {
  const rules = networking("VirtualService", "shop", { hosts: ["shop"], http: [{ redirect: { uri: "/" } }] });
  assert.deepEqual(createMeshPolicy([shop, rule, rules], client).virtualHosts[0]!.routes[0]!.hashKeys, []);
});

it("clusters of one configuration are balanced for the place of each client", () => {
  const near = networking("DestinationRule", "shop", { host: "shop", trafficPolicy: { outlierDetection: {} } });
  const resources: readonly Resource[] = [shop, near];
  const balancing = (at: MeshClient, settings: object = {}): BalancingPolicy =>
    createMeshPolicy(resources, at, settings).cluster({ host, port: 80, subset: undefined })!.balancing;
  const localityOf = (locality: string): unknown => {
    const policy = balancing({ ...client, locality }).locality;
    return policy?.kind === "failover" ? policy.nearness?.locality : policy;
  };
  assert.equal(localityOf("eu/a"), "eu/a");
  assert.equal(localityOf("us/b"), "us/b");
  assert.equal(balancing(client).locality, undefined);
  assert.equal(
    balancing({ ...client, locality: "eu/a" }, { localityLbSetting: { enabled: false } }).locality,
    undefined,
  );
});

describe("a service's trafficDistribution", () => {
  const names = (locality: BalancingPolicy["locality"]): readonly string[] | undefined =>
    locality?.kind === "failover" ? locality.labels.map(({ name }) => name) : undefined;
  const zone = ["topology.istio.io/network", "topology.kubernetes.io/region", "topology.kubernetes.io/zone"];
  const node = [...zone, "topology.istio.io/subzone", "kubernetes.io/hostname"];
  const place: MeshClient = { ...client, locality: "eu/a" };
  const asks = (value: string): Resource => ({
    ...shop,
    spec: { ...(shop.spec as object), trafficDistribution: value },
  });
  const annotated = (value: string): Resource => ({
    ...shop,
    metadata: { ...shop.metadata, annotations: { "networking.istio.io/traffic-distribution": value } },
  });
  const of = (resources: readonly Resource[], settings: object = {}): BalancingPolicy["locality"] =>
    createMeshPolicy(resources, place, settings).cluster({ host, port: 80, subset: undefined })!.balancing.locality;
  const ruleWith = (loadBalancer: object): Resource =>
    networking("DestinationRule", "shop", { host: "shop", trafficPolicy: { loadBalancer } });

  for (const [value, labels] of [
    ["PreferClose", zone],
    ["PreferSameZone", zone],
    ["PreferSameNode", node],
    ["Whatever", undefined],
  ] as const) {
    it(`${value} orders endpoints by ${labels?.length ?? "no"} labels, without outlier detection`, () => {
      assert.deepEqual(names(of([asks(value)])), labels);
      assert.deepEqual(names(of([annotated(value)])), labels);
    });
  }

  it("is displaced by a rule's localityLbSetting, also by one that switches it off", () => {
    const off = ruleWith({ localityLbSetting: { enabled: false } });
    const shares = ruleWith({ localityLbSetting: { distribute: [{ from: "*", to: { "eu/*": 100 } }] } });
    assert.equal(of([asks("PreferClose"), off]), undefined);
    assert.equal(of([asks("PreferClose"), shares])?.kind, "distribute");
    assert.deepEqual(names(of([asks("PreferClose"), ruleWith({ simple: "RANDOM" })])), zone);
  });

  it("stands above the mesh's localityLbSetting", () => {
    assert.deepEqual(names(of([asks("PreferClose")], { localityLbSetting: { enabled: false } })), zone);
  });

  it("counts for a ServiceEntry by its annotation", () => {
    const entry = networking(
      "ServiceEntry",
      "outside",
      { hosts: ["outside.example"], ports: [{ number: 80, name: "http", protocol: "HTTP" }], resolution: "DNS" },
      { annotations: { "networking.istio.io/traffic-distribution": "PreferClose" } },
    );
    const cluster = createMeshPolicy([entry], place).cluster({ host: "outside.example", port: 80, subset: undefined });
    assert.deepEqual(names(cluster!.balancing.locality), zone);
  });
});

describe("a mesh's defaultTrafficPolicy", () => {
  const outlierDetection = { consecutive5xxErrors: 3 };
  const connectionPool = { http: { http2MaxRequests: 9 } };
  const settings = { defaultTrafficPolicy: { outlierDetection, connectionPool } };
  const effective = (...rules: readonly Resource[]): EffectiveTrafficPolicy =>
    createMeshPolicy([shop, ...rules], client, settings).cluster({ host, port: 81, subset: undefined })!.effective;

  it("holds where no rule has the block", () => {
    assert.deepEqual(effective().outlierDetection, outlierDetection);
    assert.deepEqual(effective(rule).connectionPool, connectionPool);
  });

  it("gives way to a rule's block as a whole", () => {
    const own = { consecutiveGatewayErrors: 1 };
    const written = networking("DestinationRule", "shop", { host: "shop", trafficPolicy: { outlierDetection: own } });
    assert.deepEqual(effective(written).outlierDetection, own);
    assert.deepEqual(effective(written).connectionPool, connectionPool);
  });

  it("takes effect as a rule's own would", () => {
    const place = { ...client, locality: "eu" };
    const { outlierDetection: detector, balancing } = createMeshPolicy([shop], place, settings).cluster({
      host,
      port: 80,
      subset: undefined,
    })!;
    assert.equal(detector?.consecutive5xxErrors, 3);
    assert.equal(balancing.locality?.kind, "failover");
  });
});

it("the same state and client give the same cluster", () => {
  const cluster = (): unknown => createMeshPolicy([shop, rule], client).cluster({ host, port: 80, subset: "v1" });
  assert.equal(cluster(), cluster());
});

it("a ResiliencePolicy chooses the algorithm and the subset of its clusters", () => {
  const resilience = (spec: object): Resource => ({
    apiVersion: "resilience.intramesh.io/v1alpha1",
    kind: "ResiliencePolicy",
    metadata: { name: "shop", namespace: "default" },
    spec: { host: "shop", ...spec },
  });
  const of = (...resources: readonly Resource[]): BalancingPolicy =>
    createMeshPolicy([shop, rule, ...resources], client).cluster({ host, port: 80, subset: "v1" })!.balancing;
  assert.equal(of().algorithm, "RING_HASH");
  const chosen = of(resilience({ loadBalancer: "peakEwma", subsetSize: 20 }));
  assert.deepEqual([chosen.algorithm, chosen.subsetSize], ["PEAK_EWMA", 20]);
  assert.equal(of(resilience({ loadBalancer: "eventLoopAware", subset: "v2" })).algorithm, "RING_HASH");
});
