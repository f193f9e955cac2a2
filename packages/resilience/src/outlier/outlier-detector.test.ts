import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Outcome, OutlierDetectionPolicy } from "@intramesh/core";
import fc from "fast-check";
import { reset, response } from "../testing/outcomes.ts";
import { createOutlierDetector, type OutlierDetector } from "./outlier-detector.ts";

/** Istio's defaults, but for the share: these clusters are small. */
const policy: OutlierDetectionPolicy = {
  consecutive5xxErrors: 5,
  consecutiveGatewayErrors: 0,
  consecutiveLocalOriginFailures: 0,
  splitLocalOriginErrors: false,
  httpErrorCodes: undefined,
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionMs: 300_000,
  maxEjectionPercent: 100,
  minHealthPercent: 0,
};

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) => `10.0.0.${at}:80`);
}

function detectorOf(parts: Partial<OutlierDetectionPolicy> = {}, hosts: number = 2): OutlierDetector {
  const detector = createOutlierDetector({ ...policy, ...parts });
  detector.setHosts(names(hosts));
  return detector;
}

/** Records each on the endpoint of this number; the positions of those that ejected it. */
function feed(detector: OutlierDetector, outcomes: readonly (Outcome | number)[], at: number = 0, now: number = 0) {
  const host = detector.host(`10.0.0.${at}:80`)!;
  return outcomes.flatMap((outcome, position) =>
    detector.record(host, typeof outcome === "number" ? response(outcome) : outcome, now) ? [position] : [],
  );
}

function times<Item>(count: number, item: Item): Item[] {
  return Array<Item>(count).fill(item);
}

const sequences: readonly {
  readonly title: string;
  readonly parts?: Partial<OutlierDetectionPolicy>;
  readonly outcomes: readonly (Outcome | number)[];
  readonly ejectedAt: readonly number[];
}[] = [
  { title: "five 5xx in a row eject", outcomes: [500, 503, 599, 500, 502], ejectedAt: [4] },
  { title: "four do not", outcomes: times(4, 500), ejectedAt: [] },
  { title: "a success starts the row anew", outcomes: [...times(4, 500), 200, ...times(4, 500)], ejectedAt: [] },
  { title: "a 4xx is a success", outcomes: [...times(4, 500), 404, ...times(4, 500)], ejectedAt: [] },
  { title: "the errors of an ejected endpoint change nothing", outcomes: times(30, 500), ejectedAt: [4] },
  { title: "0 switches 5xx off", parts: { consecutive5xxErrors: 0 }, outcomes: times(50, 500), ejectedAt: [] },
  {
    title: "gateway errors have a counter of their own",
    parts: { consecutiveGatewayErrors: 3 },
    outcomes: [502, 503, 504],
    ejectedAt: [2],
  },
  {
    title: "a 500 ends a row of gateway errors and continues one of 5xx",
    parts: { consecutiveGatewayErrors: 3 },
    outcomes: [502, 503, 500, 503, 504],
    ejectedAt: [4],
  },
  {
    title: "gateway errors are off unless configured",
    parts: { consecutive5xxErrors: 0 },
    outcomes: times(9, 503),
    ejectedAt: [],
  },
  {
    title: "without the split a connect failure counts as 503, a timeout as 504",
    parts: { consecutiveGatewayErrors: 3, consecutive5xxErrors: 0 },
    outcomes: [reset("remote connection failure"), reset("per try timeout"), reset("connection termination")],
    ejectedAt: [2],
  },
  {
    title: "an overflow, a caller that left and an answer of the mesh's own say nothing",
    parts: { consecutive5xxErrors: 1 },
    outcomes: [reset("overflow"), reset("caller gone"), response(503, {}, true)],
    ejectedAt: [],
  },
  {
    title: "listed codes are errors, other 5xx are successes",
    parts: { consecutive5xxErrors: 2, httpErrorCodes: [429, 503] },
    outcomes: [429, 500, 429, 503],
    ejectedAt: [3],
  },
  {
    title: "a listed 4xx counts as 500, not as a gateway error",
    parts: { consecutive5xxErrors: 0, consecutiveGatewayErrors: 2, httpErrorCodes: [429, 503] },
    outcomes: [503, 429, 503, 503],
    ejectedAt: [3],
  },
  {
    title: "a grpc-status in the headers counts as the HTTP status it stands for",
    parts: { consecutive5xxErrors: 0, consecutiveGatewayErrors: 2 },
    outcomes: [response(200, { "grpc-status": "14" }), response(200, { "grpc-status": "4" })],
    ejectedAt: [1],
  },
  {
    title: "listed codes are not held against gRPC",
    parts: { consecutive5xxErrors: 2, httpErrorCodes: [429] },
    outcomes: times(2, response(200, { "grpc-status": "13" })),
    ejectedAt: [1],
  },
  {
    title: "gRPC's NOT_FOUND is a success",
    parts: { consecutive5xxErrors: 2 },
    outcomes: [500, response(200, { "grpc-status": "5" }), 500],
    ejectedAt: [],
  },
];

describe("counting", () => {
  for (const { title, parts, outcomes, ejectedAt } of sequences) {
    it(title, () => {
      assert.deepEqual(feed(detectorOf(parts), outcomes), ejectedAt);
    });
  }
});

describe("local-origin errors, split from those of the upstream", () => {
  const split = { splitLocalOriginErrors: true, consecutiveLocalOriginFailures: 3, consecutive5xxErrors: 2 };
  const refused = reset("remote connection failure");

  it("count on their own counter only", () => {
    assert.deepEqual(feed(detectorOf(split), [refused, refused]), []);
    assert.deepEqual(feed(detectorOf(split), [refused, refused, refused]), [2]);
  });

  it("leave a row of 5xx as it is", () => {
    assert.deepEqual(feed(detectorOf(split), [500, refused, 500]), [2]);
  });

  it("end at any response, also a bad one", () => {
    const patient = { ...split, consecutive5xxErrors: 0 };
    assert.deepEqual(feed(detectorOf(patient), [refused, refused, 500, refused, refused]), []);
  });

  it("begin anew after a return", () => {
    const detector = detectorOf(split);
    feed(detector, times(5, refused));
    detector.tick(30_000);
    assert.deepEqual(feed(detector, times(3, refused), 0, 30_000), [2]);
  });

  it("begin anew where a connection stood, whatever became of it", () => {
    const silent = reset("per try timeout");
    assert.deepEqual(feed(detectorOf(split), times(9, silent)), []);
    assert.deepEqual(feed(detectorOf(split), [silent, refused, refused]), [2]);
  });
});

describe("maxEjectionPercent", () => {
  for (const { hosts, percent, allowed } of [
    { hosts: 9, percent: 10, allowed: 0 },
    { hosts: 10, percent: 10, allowed: 1 },
    { hosts: 20, percent: 10, allowed: 2 },
    { hosts: 3, percent: 33, allowed: 0 },
    { hosts: 3, percent: 34, allowed: 1 },
    { hosts: 2, percent: 50, allowed: 1 },
    { hosts: 4, percent: 100, allowed: 4 },
    { hosts: 1, percent: 99, allowed: 0 },
  ]) {
    it(`of ${percent} % lets ${allowed} of ${hosts} be ejected`, () => {
      const detector = detectorOf({ maxEjectionPercent: percent }, hosts);
      for (let at = 0; at < hosts; at++) feed(detector, times(5, 500), at);
      assert.deepEqual([detector.ejected, detector.refused], [allowed, hosts - allowed]);
    });
  }

  it("starts the counter anew where it refuses", () => {
    const detector = detectorOf({ maxEjectionPercent: 10 });
    feed(detector, times(9, 500));
    assert.equal(detector.refused, 1);
    feed(detector, [500]);
    assert.equal(detector.refused, 2);
  });

  it("has room again when an ejected endpoint leaves the cluster", () => {
    const detector = detectorOf({ maxEjectionPercent: 50 }, 2);
    feed(detector, times(5, 500), 0);
    detector.setHosts(["10.0.0.1:80", "10.0.0.2:80"]);
    assert.equal(detector.ejected, 0);
    assert.deepEqual(feed(detector, times(5, 500), 1), [4]);
  });
});

describe("return", () => {
  const gone = (detector: OutlierDetector): boolean => detector.host("10.0.0.0:80")!.ejectedAt !== undefined;

  it("happens on a tick, not before its time", () => {
    const detector = detectorOf();
    feed(detector, times(5, 500), 0, 1_000);
    assert.equal(detector.tick(30_999), false);
    assert.equal(gone(detector), true);
    assert.equal(detector.tick(31_000), true);
    assert.equal(gone(detector), false);
    assert.equal(detector.tick(41_000), false);
  });

  it("starts all counters anew", () => {
    const detector = detectorOf({ consecutiveGatewayErrors: 5 });
    feed(detector, times(9, 503));
    detector.tick(30_000);
    assert.deepEqual(feed(detector, times(4, 503), 0, 30_000), []);
    assert.deepEqual(feed(detector, [503], 0, 30_000), [0]);
  });

  it("takes one base time longer with each ejection, up to the maximum", () => {
    const detector = detectorOf({ maxEjectionMs: 100_000 });
    const lasted: number[] = [];
    let now = 0;
    for (let round = 0; round < 6; round++) {
      const since = now;
      feed(detector, times(5, 500), 0, now);
      while (gone(detector)) {
        now += 5_000;
        detector.tick(now);
      }
      lasted.push(now - since);
    }
    assert.deepEqual(lasted, [30_000, 60_000, 90_000, 100_000, 100_000, 100_000]);
  });

  it("forgets one ejection each tick, after a full interval of health", () => {
    const detector = detectorOf();
    const multiplier = (): number => detector.host("10.0.0.0:80")!.multiplier;
    feed(detector, times(5, 500), 0, 0);
    detector.tick(30_000);
    feed(detector, times(5, 500), 0, 30_000);
    detector.tick(90_000);
    const seen = [95_000, 100_000, 110_000, 120_000].map((now) => {
      detector.tick(now);
      return multiplier();
    });
    assert.deepEqual(seen, [2, 1, 0, 0]);
  });

  it("keeps the multiplier within a base time of the maximum", () => {
    const detector = detectorOf({ baseEjectionMs: 100_000 });
    for (let round = 0; round < 10; round++) {
      feed(detector, times(5, 500), 0, round * 1_000_000);
      detector.tick(round * 1_000_000 + 999_999);
    }
    assert.equal(detector.host("10.0.0.0:80")!.multiplier, 4);
  });
});

describe("membership", () => {
  it("is kept by those that stay", () => {
    const detector = detectorOf();
    const before = detector.host("10.0.0.0:80");
    feed(detector, times(4, 500));
    detector.setHosts(["10.0.0.0:80", "10.0.0.9:80"]);
    assert.equal(detector.host("10.0.0.0:80"), before);
    assert.deepEqual(feed(detector, [500]), [0]);
  });

  it("ends with the endpoint: a late outcome of it counts for nobody", () => {
    const detector = detectorOf({ consecutive5xxErrors: 1 });
    const late = detector.host("10.0.0.0:80")!;
    detector.setHosts(["10.0.0.1:80"]);
    assert.equal(detector.record(late, response(500), 0), false);
    detector.setHosts(["10.0.0.0:80"]);
    assert.equal(detector.record(late, response(500), 0), false);
    assert.equal(detector.host("10.0.0.0:80")!.ejectedAt, undefined);
  });

  it("outlives a change of policy", () => {
    const detector = detectorOf();
    feed(detector, times(4, 500));
    detector.update({ ...policy, baseEjectionMs: 1_000, intervalMs: 500 });
    assert.deepEqual(feed(detector, [500]), [0]);
    assert.equal(detector.intervalMs, 500);
    assert.equal(detector.tick(1_000), true);
  });
});

describe("whatever happens in whatever order", () => {
  const step = fc.record({
    kind: fc.constantFrom("fail", "fail", "fail", "succeed", "tick", "leave", "join"),
    at: fc.nat(7),
    afterMs: fc.nat(4_000),
  });

  it("the ejected are counted, stay within their share when they are ejected, and all return", () => {
    fc.assert(
      fc.property(fc.nat(100), fc.array(step, { maxLength: 150 }), (maxEjectionPercent, steps) => {
        const detector = createOutlierDetector({
          ...policy,
          maxEjectionPercent,
          consecutive5xxErrors: 2,
          baseEjectionMs: 5_000,
          intervalMs: 1_000,
        });
        const present = new Set(names(8));
        detector.setHosts(present);
        let now = 0;
        for (const { kind, at, afterMs } of steps) {
          now += afterMs;
          const id = names(8)[at]!;
          const host = detector.host(id);
          if (kind === "tick") detector.tick(now);
          else if (kind === "leave" || kind === "join") {
            if (kind === "leave") present.delete(id);
            else present.add(id);
            detector.setHosts(present);
          } else if (host !== undefined) {
            const ejected = detector.record(host, response(kind === "fail" ? 500 : 200), now);
            if (ejected) assert.ok((100 * detector.ejected) / present.size <= maxEjectionPercent);
            if (ejected) assert.equal(host.ejectedAt, now);
          }
          assert.equal(detector.ejected, countEjected(detector, present));
        }
        detector.tick(now + policy.maxEjectionMs);
        assert.equal(detector.ejected, 0);
      }),
    );
  });
});

function countEjected(detector: OutlierDetector, ids: Iterable<string>): number {
  return [...ids].filter((id) => detector.host(id)?.ejectedAt !== undefined).length;
}
