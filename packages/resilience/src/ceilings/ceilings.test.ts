import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { poolOf } from "../testing/pool-policy.ts";
import { type Ceilings, createCeilings, type HostConnections } from "./ceilings.ts";
import type { Place } from "./place.ts";

/** Enters and notes under this name when the request starts. */
function enter(ceilings: Ceilings, host: HostConnections, name: string, started: string[]): Place | undefined {
  const place = ceilings.enter(host, 0, () => started.push(name));
  if (place?.waiting === false) started.push(name);
  return place;
}

describe("connections", () => {
  it("above the ceiling requests wait, and start in the order of their coming", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 1 }));
    const host = ceilings.addHost();
    const started: string[] = [];
    const first = enter(ceilings, host, "first", started);
    const second = enter(ceilings, host, "second", started);
    enter(ceilings, host, "third", started);
    assert.deepEqual(started, ["first"]);
    assert.deepEqual([host.open, host.busy, host.waiting], [1, 1, 2]);
    first?.leave();
    assert.deepEqual(started, ["first", "second"]);
    second?.leave();
    assert.deepEqual(started, ["first", "second", "third"]);
    assert.deepEqual([ceilings.use.connections, ceilings.use.requests, ceilings.use.pending], [1, 1, 0]);
  });

  it("count over all endpoints, but each gets one", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 1 }));
    const [one, other] = [ceilings.addHost(), ceilings.addHost()];
    const started: string[] = [];
    enter(ceilings, one, "one", started);
    enter(ceilings, other, "other", started);
    enter(ceilings, other, "waits", started);
    assert.deepEqual(started, ["one", "other"]);
    assert.equal(ceilings.use.connections, 2);
  });

  it("are used again while they are open", () => {
    const ceilings = createCeilings(poolOf());
    const host = ceilings.addHost();
    for (let at = 0; at < 5; at++) ceilings.enter(host, 0, () => undefined)?.leave();
    assert.deepEqual([host.open, host.busy], [1, 0]);
  });

  it("that close make room for those who wait at other endpoints", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 2 }));
    const [one, other] = [ceilings.addHost(), ceilings.addHost()];
    const started: string[] = [];
    enter(ceilings, one, "one", started)?.leave();
    enter(ceilings, other, "other", started);
    enter(ceilings, other, "waits", started);
    assert.deepEqual(started, ["one", "other"]);
    ceilings.connectionClosed(one);
    assert.deepEqual(started, ["one", "other", "waits"]);
    assert.equal(ceilings.use.connections, 2);
  });

  it("of an endpoint that leaves count no more, and its waiting requests start", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 1 }));
    const host = ceilings.addHost();
    const started: string[] = [];
    const first = enter(ceilings, host, "first", started);
    const second = enter(ceilings, host, "second", started);
    ceilings.removeHost(host);
    ceilings.removeHost(host);
    ceilings.connectionClosed(host);
    assert.deepEqual(started, ["first", "second"]);
    assert.equal(ceilings.use.connections, 0);
    first?.leave();
    second?.leave();
    assert.deepEqual([ceilings.use.requests, ceilings.use.pending], [0, 0]);
  });
});

describe("ceilings", () => {
  it("on pending requests refuse what would wait", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 1, maxPendingRequests: 1 }));
    const host = ceilings.addHost();
    const places = [1, 2, 3, 4].map(() => ceilings.enter(host, 0, () => undefined));
    assert.deepEqual(
      places.map((place) => place?.waiting),
      [false, true, undefined, undefined],
    );
    assert.equal(ceilings.use.pendingOverflows, 2);
  });

  it("on requests refuse what would be on its way", () => {
    const ceilings = createCeilings(poolOf({ maxRequests: 2 }));
    const host = ceilings.addHost();
    const places = [1, 2, 3].map(() => ceilings.enter(host, 0, () => undefined));
    assert.equal(places[2], undefined);
    assert.equal(ceilings.use.requestOverflows, 1);
    places[0]?.leave();
    assert.notEqual(
      ceilings.enter(host, 0, () => undefined),
      undefined,
    );
  });

  it("follow a new policy at once, cutting nothing that runs", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 1 }));
    const host = ceilings.addHost();
    const started: string[] = [];
    for (const name of ["a", "b", "c"]) enter(ceilings, host, name, started);
    ceilings.update(poolOf({ maxConnections: 2 }));
    assert.deepEqual(started, ["a", "b"]);
    ceilings.update(poolOf({ maxConnections: 1, maxPendingRequests: 0 }));
    assert.deepEqual([host.busy, host.waiting], [2, 1]);
  });
});

describe("places", () => {
  it("are given up once, however often that is said", () => {
    const ceilings = createCeilings(poolOf({ maxRequests: 2 }));
    const host = ceilings.addHost();
    const place = ceilings.enter(host, 0, () => undefined);
    ceilings.enter(host, 0, () => undefined);
    place?.leave();
    place?.leave();
    assert.deepEqual([ceilings.use.requests, host.busy], [1, 1]);
  });

  it("given up while waiting never start", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 1 }));
    const host = ceilings.addHost();
    const first = ceilings.enter(host, 0, () => undefined);
    const gone = ceilings.enter(host, 0, () => assert.fail("it started"));
    gone?.leave();
    assert.equal(gone?.waiting, false);
    assert.equal(ceilings.use.pending, 0);
    first?.leave();
    assert.deepEqual([host.busy, host.waiting, ceilings.use.requests], [0, 0, 0]);
  });

  it("are not overtaken by what comes while they start", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 1 }));
    const host = ceilings.addHost();
    const started: string[] = [];
    enter(ceilings, host, "first", started);
    ceilings.enter(host, 0, () => {
      started.push("second");
      enter(ceilings, host, "late", started);
    });
    enter(ceilings, host, "third", started);
    ceilings.update(poolOf({ maxConnections: 3 }));
    assert.deepEqual(started, ["first", "second", "third"]);
  });

  it("may be left by the very call that starts them", () => {
    const ceilings = createCeilings(poolOf({ maxConnections: 1 }));
    const host = ceilings.addHost();
    const first = ceilings.enter(host, 0, () => undefined);
    let ran = 0;
    for (let at = 0; at < 3; at++) {
      const place: Place | undefined = ceilings.enter(host, 0, () => {
        ran += 1;
        place?.leave();
      });
    }
    first?.leave();
    assert.deepEqual([ran, host.busy, ceilings.use.requests, ceilings.use.pending], [3, 0, 0, 0]);
  });

  it("never leak, whatever comes in whatever order", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("enter"), at: fc.nat(2) }),
      fc.record({ kind: fc.constant("leave"), at: fc.nat(40) }),
      fc.record({ kind: fc.constant("close"), at: fc.nat(2) }),
    );
    const limits = fc.record({
      maxConnections: fc.integer({ min: 1, max: 4 }),
      maxPendingRequests: fc.nat(3),
      maxRequests: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 80 }), (limit, steps) => {
        const ceilings = createCeilings(poolOf(limit));
        const hosts = [ceilings.addHost(), ceilings.addHost(), ceilings.addHost()];
        const places: Place[] = [];
        for (const { kind, at } of steps) {
          const host = hosts[at % hosts.length]!;
          if (kind === "enter") {
            const place = ceilings.enter(host, 0, () => undefined);
            if (place !== undefined) places.push(place);
          } else if (kind === "leave") places[at]?.leave();
          else if (host.busy < host.open) ceilings.connectionClosed(host);
          const { connections, pending, requests } = ceilings.use;
          assert.equal(requests, sum(hosts, "busy"));
          assert.equal(pending, sum(hosts, "waiting"));
          assert.equal(connections, sum(hosts, "open"));
          assert.ok(pending <= limit.maxPendingRequests && connections <= limit.maxConnections + hosts.length - 1);
          for (const { open, waiting } of hosts) assert.ok(waiting === 0 || open > 0, "somebody waits for nobody");
        }
        for (const place of places) place.leave();
        assert.deepEqual([ceilings.use.requests, ceilings.use.pending], [0, 0]);
      }),
    );
  });
});

describe("retries", () => {
  it("stop at the fixed ceiling and are released once", () => {
    const ceilings = createCeilings(poolOf({ retries: { kind: "fixed", max: 1 } }));
    const held = ceilings.retry(0);
    assert.equal(ceilings.retry(0), undefined);
    assert.equal(ceilings.use.retryOverflows, 1);
    held?.release();
    held?.release();
    assert.equal(ceilings.use.retries, 0);
    assert.notEqual(ceilings.retry(0), undefined);
  });

  for (const { requests, allowed } of [
    { requests: 0, allowed: 3 },
    { requests: 19, allowed: 3 },
    { requests: 20, allowed: 4 },
    { requests: 24, allowed: 4 },
    { requests: 100, allowed: 20 },
  ]) {
    it(`under a budget of 20 %, at least 3, are ${allowed} beside ${requests} requests`, () => {
      const retries = { kind: "budget", percent: 20, minConcurrency: 3, intervalMs: 0 } as const;
      const ceilings = createCeilings(poolOf({ retries, maxConnections: Math.max(1, requests / 2) }));
      const host = ceilings.addHost();
      for (let at = 0; at < requests; at++) ceilings.enter(host, 0, () => undefined);
      const granted = Array.from({ length: 50 }, () => ceilings.retry(0)).filter((retry) => retry !== undefined);
      assert.equal(granted.length, allowed);
    });
  }

  it("under a budget with an interval remember the requests begun in it", () => {
    const retries = { kind: "budget", percent: 10, minConcurrency: 0, intervalMs: 10_000 } as const;
    const ceilings = createCeilings(poolOf({ retries }));
    const host = ceilings.addHost();
    for (let at = 0; at < 20; at++) ceilings.enter(host, 0, () => undefined)?.leave();
    assert.deepEqual([ceilings.retry(5_000), ceilings.retry(5_000), ceilings.retry(5_000)].map(Boolean), [
      true,
      true,
      false,
    ]);
    assert.equal(ceilings.retry(10_000), undefined);
  });

  it("under a budget with an interval count what still runs, however long ago it began", () => {
    const retries = { kind: "budget", percent: 10, minConcurrency: 0, intervalMs: 10_000 } as const;
    const ceilings = createCeilings(poolOf({ retries }));
    const host = ceilings.addHost();
    for (let at = 0; at < 10; at++) ceilings.enter(host, 0, () => undefined);
    assert.notEqual(ceilings.retry(60_000), undefined);
  });
});

function sum(hosts: readonly HostConnections[], key: "open" | "busy" | "waiting"): number {
  return hosts.reduce((total, host) => total + host[key], 0);
}
