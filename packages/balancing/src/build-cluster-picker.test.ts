import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type BalancingAlgorithm, type BalancingPolicy, defaultBalancing, seededRandom } from "@intramesh/core";
import { expectDistribution } from "@intramesh/testing";
import { buildClusterPicker, type ClusterPickerOptions } from "./build-cluster-picker.ts";
import { loadHash64 } from "./hash/hash64.ts";
import type { BalancedEndpoint, ClusterPicker } from "./picker.ts";
import { endpoint, endpointIn, endpointsOf, picks, tally } from "./testing/endpoints.ts";

const hash64 = await loadHash64();

const algorithms: readonly BalancingAlgorithm[] = [
  "LEAST_REQUEST",
  "ROUND_ROBIN",
  "RANDOM",
  "RING_HASH",
  "MAGLEV",
  "PASSTHROUGH",
  "PEAK_EWMA",
  "EVENT_LOOP_AWARE",
];

function build(
  policy: Partial<BalancingPolicy>,
  endpoints: readonly BalancedEndpoint[],
  options: Partial<ClusterPickerOptions<BalancedEndpoint>> = {},
): ClusterPicker {
  const parts = { random: seededRandom(1), now: 0, hash64, ...options };
  return buildClusterPicker({ ...defaultBalancing, maglevTableSize: 1_009, ...policy }, endpoints, parts);
}

for (const algorithm of algorithms) {
  describe(`${algorithm} in a cluster`, () => {
    test("picks nobody among nobody, and nobody where all are ejected", () => {
      const random = seededRandom(1);
      assert.equal(build({ algorithm }, []).pick(random), undefined);
      assert.equal(build({ algorithm }, ejected(endpointsOf(1, 1), 2)).pick(random, ["e0"], 7n, 5), undefined);
    });

    test("picks the only one, also where it is to be avoided", () => {
      const random = seededRandom(1);
      const [only] = endpointsOf(1);
      assert.equal(build({ algorithm }, [only!]).pick(random, ["e0"], 7n, 5), only);
    });

    test("never picks an ejected endpoint", () => {
      const random = seededRandom(2);
      const picker = build({ algorithm }, ejected(endpointsOf(1, 2, 3, 4), 2));
      const seen = new Set(picks(1_000, () => picker.pick(random)));
      assert.ok(!seen.has("e0") && !seen.has("e1") && !seen.has("nobody"));
    });

    test("ignores health in a panic", () => {
      const random = seededRandom(3);
      const picker = build({ algorithm, panicThresholdPercent: 60 }, ejected(endpointsOf(1, 1, 1, 1), 2));
      assert.equal(picker.panicking, true);
      assert.equal(new Set(picks(1_000, () => picker.pick(random))).size, 4);
    });

    test("goes to the next priority as far as the first is ill", () => {
      const random = seededRandom(4);
      const near = ejected(
        [1, 2, 3, 4].map((at) => endpointIn("eu", `near${at}`)),
        2,
      );
      const picker = build({ algorithm, locality: fromEurope }, [...near, endpointIn("us", "far")]);
      expectDistribution(10_000, () => (picker.pick(random)!.endpoint.id === "far" ? "far" : "near"), {
        near: 70,
        far: 30,
      });
    });

    test("spreads over localities by their shares", () => {
      const random = seededRandom(5);
      const shares = [
        { locality: "eu", percent: 80 },
        { locality: "us", percent: 20 },
      ];
      const endpoints = ["eu", "us", "us", "us", "asia"].map((locality, at) =>
        endpointIn(locality, `${locality}${at}`),
      );
      const picker = build(
        {
          algorithm,
          locality: { kind: "distribute", shares },
          maglevTableSize: 65_537,
          ring: { minimumSize: 65_536, maximumSize: 131_072 },
        },
        endpoints,
      );
      expectDistribution(10_000, () => picker.pick(random)!.endpoint.locality, { eu: 80, us: 20 });
    });

    test("gives the same picks for the same random numbers", () => {
      const run = (): readonly string[] => {
        const random = seededRandom(6);
        const picker = build({ algorithm }, endpointsOf(1, 2, 3), { random });
        return picks(100, () => picker.pick(random, undefined, undefined, 10));
      };
      assert.deepEqual(run(), run());
    });

    test("leaves out whoever is gone, whatever went before", () => {
      const random = seededRandom(7);
      const endpoints = endpointsOf(1, 1, 1);
      let previous = build({ algorithm: "ROUND_ROBIN" }, endpoints);
      for (const before of algorithms) previous = build({ algorithm: before }, endpoints, { previous });
      const picker = build({ algorithm }, endpoints.slice(1), { previous });
      assert.ok(!picks(500, () => picker.pick(random)).includes("e0"));
    });
  });
}

for (const algorithm of ["RING_HASH", "MAGLEV"] as const) {
  describe(`${algorithm} pins`, () => {
    test("a hash to one endpoint, and chance to none", () => {
      const random = seededRandom(1);
      const picker = build({ algorithm }, endpointsOf(1, 1, 1, 1));
      assert.equal(new Set(picks(100, () => picker.pick(random, undefined, 12_345n))).size, 1);
      assert.equal(new Set(picks(200, () => picker.pick(random))).size, 4);
    });

    test("a hash to one priority too", () => {
      const random = seededRandom(1);
      const near = ejected(
        [1, 2].map((at) => endpointIn("eu", `near${at}`)),
        1,
      );
      const picker = build({ algorithm, locality: fromEurope }, [...near, endpointIn("us", "far")]);
      const last = (hash: bigint): string => picker.pick(random, undefined, hash)!.endpoint.id;
      // Half of the near ones are healthy: 70 of 100 hashes stay.
      const ids = Array.from({ length: 100 }, (_, hash) => last(BigInt(hash)));
      assert.equal(ids.filter((id) => id === "far").length, 30);
      assert.equal(last(69n), "near2");
      assert.equal(last(70n), "far");
    });

    test("whole requests, not subsets of clients", () => {
      const random = seededRandom(1);
      const endpoints = endpointsOf(...Array.from({ length: 30 }, () => 1));
      const picker = (client: number): ClusterPicker => build({ algorithm, subsetSize: 5 }, endpoints, { client });
      for (let hash = 0n; hash < 50n; hash++) {
        assert.equal(picker(1).pick(random, undefined, hash * 97n), picker(2).pick(random, undefined, hash * 97n));
      }
    });
  });
}

describe("warm-up", () => {
  const warmup = { durationMs: 60_000, minimumPercent: 10, aggression: 1 };
  const set = (): readonly BalancedEndpoint[] => {
    const [old, recent] = endpointsOf(1, 1);
    recent!.state.healthySince = 100_000;
    return [old!, recent!];
  };

  for (const algorithm of ["ROUND_ROBIN", "LEAST_REQUEST"] as const) {
    test(`gives a newcomer its growing share under ${algorithm}`, () => {
      const random = seededRandom(1);
      const share = (now: number): number => {
        const picker = build({ algorithm, warmup }, set(), { now });
        return tally(2_200, () => picker.pick(random, undefined, undefined, now))["e1"]! / 2_200;
      };
      assert.ok(Math.abs(share(100_000) - 0.1 / 1.1) < 0.01);
      assert.ok(Math.abs(share(130_000) - 0.5 / 1.5) < 0.01);
      assert.ok(Math.abs(share(160_000) - 0.5) < 0.05);
    });
  }

  test("goes on between rebuilds and says when it ends", () => {
    const random = seededRandom(1);
    const picker = build({ algorithm: "ROUND_ROBIN", warmup }, set(), { now: 100_000 });
    assert.equal(picker.rebuildAt, 160_000);
    const late = tally(1_500, () => picker.pick(random, undefined, undefined, 130_000))["e1"]!;
    assert.ok(Math.abs(late / 1_500 - 0.5 / 1.5) < 0.02, `${late}`);
    assert.equal(build({ algorithm: "ROUND_ROBIN", warmup }, set(), { now: 160_000 }).rebuildAt, undefined);
  });
});

test("the rotation goes on where it stood after a rebuild", () => {
  const endpoints = endpointsOf(1, 1, 1);
  const random = seededRandom(9);
  let picker = build({ algorithm: "ROUND_ROBIN" }, endpoints, { random });
  const order = picks(9, () => {
    picker = build({ algorithm: "ROUND_ROBIN" }, [...endpoints], { random, previous: picker });
    return picker.pick(random);
  });
  assert.deepEqual(new Set(order.slice(0, 3)).size, 3);
  assert.deepEqual([...order.slice(0, 3), ...order.slice(0, 3)], order.slice(3));
});

test("an illness of a locality moves its load to the others only beyond the factor of 1.4", () => {
  const random = seededRandom(1);
  const endpoints = [...Array(10).keys()].map((at) => endpointIn(at < 5 ? "eu" : "us", `e${at}`));
  const shares = [
    { locality: "eu", percent: 50 },
    { locality: "us", percent: 50 },
  ];
  const share = (ill: number): number => {
    const picker = build({ locality: { kind: "distribute", shares } }, ejected(endpoints, ill));
    return tally(5_000, () => picker.pick(random))["e4"]! / 5_000;
  };
  // Two healthy of five: 50 × 1.4 × 0.4 = 28 of 78, on two endpoints.
  assert.ok(Math.abs(share(3) - 28 / 78 / 2) < 0.02);
});

test("PEAK_EWMA prefers the fast, EVENT_LOOP_AWARE the idle", () => {
  const random = seededRandom(1);
  const fast = endpoint("fast");
  const slow = endpoint("slow");
  const alike = { latencyMs: 5, latencyAt: 0 };
  Object.assign(fast.state, alike);
  for (const [algorithm, state] of [
    ["PEAK_EWMA", { latencyMs: 500 }],
    ["EVENT_LOOP_AWARE", { ...alike, eventLoopUtilization: 0.9 }],
  ] as const) {
    Object.assign(slow.state, state);
    const picker = build({ algorithm }, [slow, fast]);
    assert.deepEqual(new Set(picks(100, () => picker.pick(random, undefined, undefined, 0))), new Set(["fast"]));
  }
});

describe("a retry that leaves the priorities tried", () => {
  const near = [1, 2, 3].map((at) => endpointIn("eu", `near${at}`));
  const endpoints = [...near, endpointIn("us", "far")];

  for (const algorithm of ["LEAST_REQUEST", "ROUND_ROBIN", "RANDOM"] as const) {
    test(`goes on to the next with ${algorithm}, and only after a second attempt`, () => {
      const random = seededRandom(8);
      const picker = build({ algorithm, locality: fromEurope }, endpoints);
      const after = (...attempted: readonly string[]): ReadonlySet<string> =>
        new Set(picks(100, () => picker.beyond(attempted).pick(random, attempted)));
      assert.deepEqual(after("near1"), new Set(["near2", "near3"]));
      assert.deepEqual(after("near1", "near2"), new Set(["far"]));
      assert.deepEqual(after("near1", "near2", "far"), new Set(["far"]));
      assert.ok(!after("near1", "near2", "far", "far").has("far"));
    });
  }

  test("stays where there is one priority, where requests are pinned, and where nobody else is healthy", () => {
    const random = seededRandom(9);
    const alone = build({ locality: fromEurope }, near);
    assert.notEqual(alone.beyond(["near1", "near2"]).pick(random), undefined);
    const pinned = build({ algorithm: "RING_HASH", locality: fromEurope }, endpoints);
    const chosen = pinned.pick(random, undefined, 7n);
    assert.equal(pinned.beyond(["near1", "near2"]).pick(random, undefined, 7n), chosen);
    const [far, ...others] = [endpointIn("us", "far"), endpointIn("eu", "near1"), endpointIn("eu", "near2")];
    const ill = build({ locality: fromEurope }, ejected([far!, ...others], 1));
    assert.notEqual(ill.beyond(["near1", "near2"]).pick(random)?.endpoint.id, "far");
  });
});

test("a client uses no more endpoints than its subset has", () => {
  const random = seededRandom(1);
  const endpoints = endpointsOf(...Array.from({ length: 100 }, () => 1));
  const picker = build({ subsetSize: 7 }, endpoints, { client: 12 });
  assert.equal(new Set(picks(2_000, () => picker.pick(random))).size, 7);
});

const fromEurope: BalancingPolicy["locality"] = {
  kind: "failover",
  labels: [],
  nearness: { locality: "eu", failoverRegion: undefined },
  weighted: false,
};

function ejected(endpoints: readonly BalancedEndpoint[], count: number): readonly BalancedEndpoint[] {
  for (const [at, { state }] of endpoints.entries()) state.ejected = at < count;
  return endpoints;
}

describe("zone aware routing", () => {
  const locality = {
    kind: "zones",
    labels: [],
    locality: "eu/a",
    failoverRegion: undefined,
    minClusterSize: 6,
  } as const;
  const callers = new Map([
    ["eu/a", 4],
    ["eu/b", 4],
    ["eu/c", 2],
  ]);
  const endpoints = ["a", "a", "b", "b", "b", "b", "c", "c"].map((zone, at) =>
    endpointIn(`eu/${zone}`, `${zone}${at}`),
  );
  const zonesOf = (picker: ClusterPicker, count: number = 1_600): Readonly<Record<string, number>> => {
    const zones: Record<string, number> = {};
    const random = seededRandom(4);
    for (const id of picks(count, () => picker.pick(random))) zones[id[0]!] = (zones[id[0]!] ?? 0) + 1;
    return zones;
  };

  test("sends to each zone its share of Envoy's example, 62.5, 25 and 12.5 percent", () => {
    for (const algorithm of ["ROUND_ROBIN", "LEAST_REQUEST", "RANDOM"] as const) {
      const zones = zonesOf(build({ algorithm, locality }, endpoints, { callers }));
      for (const [zone, share] of Object.entries({ a: 1_000, b: 400, c: 200 })) {
        assert.ok(Math.abs(zones[zone]! - share) <= 2, `${algorithm} ${JSON.stringify(zones)}`);
      }
    }
  });

  test("knows no zones without callers, and none for pinned requests", () => {
    const even = { a: 400, b: 800, c: 400 };
    assert.deepEqual(zonesOf(build({ algorithm: "ROUND_ROBIN", locality }, endpoints)), even);
    assert.ok(zonesOf(build({ algorithm: "MAGLEV", locality }, endpoints, { callers }))["a"]! < 600);
  });

  test("counts healthy endpoints only: with one of its two gone, half as much stays", () => {
    const [first, ...others] = endpoints;
    const zones = zonesOf(
      build({ algorithm: "ROUND_ROBIN", locality }, [...ejected([first!], 1), ...others], { callers }),
    );
    // 1 of 7 endpoints is 14.28 percent against 40 percent of the callers: 35.7 percent stay.
    assert.ok(Math.abs(zones["a"]! - 571) <= 2, JSON.stringify(zones));
  });
});
