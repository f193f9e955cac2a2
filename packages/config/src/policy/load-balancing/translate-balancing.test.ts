import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type BalancingPolicy, defaultBalancing, type EffectiveTrafficPolicy } from "@intramesh/core";
import type { LoadBalancerSpec, LocalitySpec, OutlierDetectionSpec } from "../../spec/destination-rule.ts";
import type { MeshClient } from "../mesh-client.ts";
import { type BalancingContext, translateBalancing } from "./translate-balancing.ts";

const client: MeshClient = {
  namespace: "default",
  labels: { version: "v2", network: "n1" },
  locality: "eu/a/1",
};

function translate(
  loadBalancer: LoadBalancerSpec,
  outlierDetection: OutlierDetectionSpec | null = null,
  context: Partial<BalancingContext> = {},
): BalancingPolicy {
  const effective: EffectiveTrafficPolicy = { loadBalancer, outlierDetection, connectionPool: null, tls: null };
  return translateBalancing(effective, {
    client,
    nearness: undefined,
    meshLocality: {},
    meshZoneAware: undefined,
    resilience: undefined,
    ...context,
  });
}

describe("the algorithm", () => {
  const rows: readonly { readonly spec: LoadBalancerSpec; readonly algorithm: BalancingPolicy["algorithm"] }[] = [
    { spec: {}, algorithm: "LEAST_REQUEST" },
    { spec: { simple: "UNSPECIFIED" }, algorithm: "LEAST_REQUEST" },
    { spec: { simple: "LEAST_CONN" }, algorithm: "LEAST_REQUEST" },
    { spec: { simple: "ROUND_ROBIN" }, algorithm: "ROUND_ROBIN" },
    { spec: { simple: "RANDOM" }, algorithm: "RANDOM" },
    { spec: { simple: "PASSTHROUGH" }, algorithm: "PASSTHROUGH" },
    { spec: { consistentHash: { useSourceIp: true } }, algorithm: "RING_HASH" },
    { spec: { consistentHash: { useSourceIp: true, ringHash: {} } }, algorithm: "RING_HASH" },
    { spec: { consistentHash: { useSourceIp: true, maglev: { tableSize: 5 } } }, algorithm: "MAGLEV" },
  ];
  for (const { spec, algorithm } of rows) {
    it(`of ${JSON.stringify(spec)} is ${algorithm}`, () => assert.equal(translate(spec).algorithm, algorithm));
  }

  it("of a ResiliencePolicy stands above all of them", () => {
    const spec: LoadBalancerSpec = { consistentHash: { useSourceIp: true } };
    const by = (loadBalancer: "peakEwma" | "eventLoopAware"): BalancingPolicy =>
      translate(spec, null, { resilience: { loadBalancer, subsetSize: 20 } });
    assert.equal(by("peakEwma").algorithm, "PEAK_EWMA");
    assert.equal(by("eventLoopAware").algorithm, "EVENT_LOOP_AWARE");
    assert.deepEqual(by("peakEwma").hashKeys, []);
    assert.equal(by("peakEwma").subsetSize, 20);
  });

  it("without any block is what holds by default", () => assert.deepEqual(translate({}), defaultBalancing));
});

describe("consistentHash", () => {
  it("has its sizes, else Envoy's", () => {
    const sizes = (spec: LoadBalancerSpec["consistentHash"]): readonly number[] => {
      const { ring, maglevTableSize } = translate({ consistentHash: spec ?? {} });
      return [ring.minimumSize, maglevTableSize];
    };
    assert.deepEqual(sizes({}), [1_024, 65_537]);
    assert.deepEqual(sizes({ minimumRingSize: 7 }), [7, 65_537]);
    assert.deepEqual(sizes({ minimumRingSize: 7, ringHash: { minimumRingSize: 9 } }), [9, 65_537]);
    assert.deepEqual(sizes({ maglev: { tableSize: 101 } }), [1_024, 101]);
  });

  it("has one key, header names in lower case", () => {
    const keys = (spec: LoadBalancerSpec["consistentHash"]): unknown =>
      translate({ consistentHash: spec ?? {} }).hashKeys;
    assert.deepEqual(keys({ httpHeaderName: "X-User" }), [{ kind: "header", name: "x-user" }]);
    assert.deepEqual(keys({ useSourceIp: true }), [{ kind: "source-ip" }]);
    assert.deepEqual(keys({ useSourceIp: false }), []);
    assert.deepEqual(keys({ httpQueryParameterName: "Page" }), [{ kind: "query-parameter", name: "Page" }]);
  });

  it("makes cookies only where it has a ttl, 0s included", () => {
    const key = (ttl?: string): unknown =>
      translate({ consistentHash: { httpCookie: { name: "sid", ...(ttl && { ttl }) } } }).hashKeys[0];
    const plain = { kind: "cookie", name: "sid", path: "", attributes: [] };
    assert.deepEqual(key(), { ...plain, ttlMs: undefined });
    assert.deepEqual(key("0s"), { ...plain, ttlMs: 0 });
    assert.deepEqual(key("1h"), { ...plain, ttlMs: 3_600_000 });
  });
});

describe("warm-up", () => {
  const warmup = { duration: "60s" };
  const rows: readonly {
    readonly title: string;
    readonly spec: LoadBalancerSpec;
    readonly meaning: BalancingPolicy["warmup"];
  }[] = [
    {
      title: "starts at 10 percent and grows evenly unless told otherwise",
      spec: { warmup },
      meaning: { durationMs: 60_000, minimumPercent: 10, aggression: 1 },
    },
    {
      title: "takes over what is said",
      spec: { simple: "ROUND_ROBIN", warmup: { ...warmup, minimumPercent: 0, aggression: 2.5 } },
      meaning: { durationMs: 60_000, minimumPercent: 0, aggression: 2.5 },
    },
    {
      title: "reads the old field",
      spec: { warmupDurationSecs: "5s" },
      meaning: { durationMs: 5_000, minimumPercent: 10, aggression: 1 },
    },
    { title: "is not there for RANDOM", spec: { simple: "RANDOM", warmup }, meaning: undefined },
  ];
  for (const { title, spec, meaning } of rows) it(title, () => assert.deepEqual(translate(spec).warmup, meaning));
});

describe("panic", () => {
  it("begins below minHealthPercent, else never", () => {
    assert.equal(translate({}).panicThresholdPercent, 0);
    assert.equal(translate({}, {}).panicThresholdPercent, 0);
    assert.equal(translate({}, { minHealthPercent: 40 }).panicThresholdPercent, 40);
  });
});

describe("localities", () => {
  const distribute = [
    { from: "us/*", to: { "us/*": 100 } },
    { from: "eu/a/*", to: { "eu/a/*": 80, "eu/b/*": 20 } },
    { from: "*", to: { "*": 100 } },
  ];
  const nearness = { locality: "eu/a/1", failoverRegion: undefined };
  const nearest = { kind: "failover", labels: [], nearness, weighted: false };
  const rows: readonly {
    readonly title: string;
    readonly setting?: LocalitySpec;
    readonly mesh?: LocalitySpec;
    readonly outlier?: OutlierDetectionSpec | null;
    readonly from?: MeshClient;
    readonly meaning: unknown;
  }[] = [
    { title: "make no difference without outlier detection", outlier: null, meaning: undefined },
    { title: "are failed over to by nearness beside outlier detection", meaning: nearest },
    { title: "make no difference where the rule says so", setting: { enabled: false }, meaning: undefined },
    { title: "make no difference where the mesh says so", mesh: { enabled: false }, meaning: undefined },
    { title: "are the rule's matter where it says anything", setting: {}, mesh: { enabled: false }, meaning: nearest },
    {
      title: "make no difference to a client that does not know its own",
      from: { namespace: "default", labels: {} },
      meaning: undefined,
    },
    {
      title: "have shares by the first entry for the client, outlier detection or not",
      setting: { distribute },
      outlier: null,
      meaning: {
        kind: "distribute",
        shares: [
          { locality: "eu/a/*", percent: 80 },
          { locality: "eu/b/*", percent: 20 },
        ],
      },
    },
    {
      title: "have no shares where no entry is for the client",
      setting: { distribute: distribute.slice(0, 1) },
      meaning: undefined,
    },
    {
      title: "prefer the region of the failover",
      setting: {
        failover: [
          { from: "us", to: "asia" },
          { from: "eu", to: "us" },
        ],
      },
      meaning: { ...nearest, nearness: { locality: "eu/a/1", failoverRegion: "us" }, weighted: true },
    },
    {
      title: "are ranked by labels alone where only labels are named",
      setting: { failoverPriority: ["version", "topology.kubernetes.io/zone", "network=n9", "missing"] },
      meaning: {
        kind: "failover",
        labels: [
          { name: "version", value: "v2" },
          { name: "topology.kubernetes.io/zone", value: "a" },
          { name: "network", value: "n9" },
          { name: "missing", value: "" },
        ],
        nearness: undefined,
        weighted: true,
      },
    },
    {
      title: "are ranked by labels and then by nearness where both are named",
      setting: { failoverPriority: ["network"], failover: [{ from: "eu", to: "us" }] },
      meaning: {
        kind: "failover",
        labels: [{ name: "network", value: "n1" }],
        nearness: { locality: "eu/a/1", failoverRegion: "us" },
        weighted: true,
      },
    },
  ];
  for (const { title, setting, mesh = {}, outlier = {}, from = client, meaning } of rows) {
    it(title, () => {
      const spec = setting === undefined ? {} : { localityLbSetting: setting };
      assert.deepEqual(translate(spec, outlier, { client: from, meshLocality: mesh }).locality, meaning);
    });
  }
});
