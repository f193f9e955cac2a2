import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createGradientLimit, type GradientLimit } from "./gradient-limit.ts";

const policy = { initial: 20, min: 20, max: 200 };

/** A second of requests that each take `latencyMs`, as many at once as the limit lets in, or `share` of that. */
function second(limit: GradientLimit, start: number, latencyMs: number, share: number = 1): number {
  let now = start;
  while (now < start + 1_000) {
    const wanted = Math.max(1, Math.floor(limit.limit * share));
    const permits = Array.from({ length: wanted }, () => limit.enter(now)!);
    now += latencyMs;
    for (const permit of permits) permit.done(now);
  }
  return now;
}

function seconds(limit: GradientLimit, count: number, latencyMs: number, share?: number, start: number = 0): number {
  let now = start;
  for (let at = 0; at < count; at++) now = second(limit, now, latencyMs, share);
  return now;
}

describe("a gradient limit", () => {
  it("refuses above its limit", () => {
    const limit = createGradientLimit({ initial: 2, min: 1, max: 10 });
    assert.deepEqual(
      [1, 2, 3].map(() => limit.enter(0) !== undefined),
      [true, true, false],
    );
    assert.deepEqual([limit.inFlight, limit.refused], [2, 1]);
  });

  it("rises to its maximum while the latency stays", () => {
    const limit = createGradientLimit(policy);
    seconds(limit, 300, 100);
    assert.equal(limit.limit, 200);
  });

  it("sinks while requests get slower, to its minimum and no further", () => {
    const limit = createGradientLimit(policy);
    const now = seconds(limit, 300, 100);
    seconds(limit, 8, 400, 1, now);
    assert.ok(limit.limit < 120, `${limit.limit}`);
    seconds(limit, 20, 2_000, 1, now + 60_000);
    assert.ok(limit.limit >= 20);
  });

  it("takes a slowness of less than half as much again for no queue", () => {
    const limit = createGradientLimit({ initial: 100, min: 20, max: 100 });
    const now = seconds(limit, 60, 100);
    seconds(limit, 20, 140, 1, now);
    assert.equal(limit.limit, 100);
  });

  it("stays where it is not made use of", () => {
    const limit = createGradientLimit(policy);
    seconds(limit, 100, 100, 0.3);
    assert.equal(limit.limit, 20);
  });

  it("forgets a slow past quickly once requests are fast again", () => {
    const limit = createGradientLimit(policy);
    const slow = seconds(limit, 60, 1_000);
    const fast = seconds(limit, 60, 100, 1, slow);
    const before = limit.limit;
    // Still faster than the past, but a queue by the measure of the present.
    seconds(limit, 10, 600, 1, fast);
    assert.ok(before > 100 && limit.limit < before * 0.75, `${before}, then ${limit.limit}`);
  });

  it("learns nothing from what was ignored", () => {
    const limit = createGradientLimit(policy);
    for (let now = 0; now < 60_000; now += 100) {
      const permits = Array.from({ length: 20 }, () => limit.enter(now)!);
      for (const permit of permits) permit.ignore();
    }
    assert.deepEqual([limit.limit, limit.inFlight], [20, 0]);
  });

  it("counts a request out once, however often its end is told", () => {
    const limit = createGradientLimit(policy);
    const permit = limit.enter(0);
    limit.enter(0);
    permit?.done(5);
    permit?.ignore();
    permit?.done(9);
    assert.equal(limit.inFlight, 1);
  });

  it("is brought within new bounds", () => {
    const limit = createGradientLimit({ initial: 100, min: 20, max: 200 });
    limit.update({ initial: 100, min: 5, max: 50 });
    assert.equal(limit.limit, 50);
  });
});
