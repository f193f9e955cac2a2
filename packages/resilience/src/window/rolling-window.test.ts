import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createRollingWindow } from "./rolling-window.ts";

const shape = { windowMs: 10_000, buckets: 10, counters: 2 };

describe("a rolling window", () => {
  it("forgets a bucket when the window has passed over it", () => {
    const window = createRollingWindow(shape);
    window.add(0, 3, 500);
    window.add(0, 4, 1_500);
    assert.deepEqual(
      [1_500, 9_999, 10_000, 10_999, 11_000].map((now) => window.sum(0, now)),
      [7, 7, 4, 4, 0],
    );
  });

  it("keeps its counters apart", () => {
    const window = createRollingWindow(shape);
    window.add(0, 1, 0);
    window.add(1, 5, 0);
    assert.deepEqual([window.sum(0, 0), window.sum(1, 0)], [1, 5]);
  });

  it("is empty after a clear, and after a long silence", () => {
    const window = createRollingWindow(shape);
    window.add(0, 1, 0);
    window.clear();
    assert.equal(window.sum(0, 0), 0);
    window.add(0, 1, 0);
    assert.equal(window.sum(0, 86_400_000), 0);
  });

  it("counts what comes from the past as of now", () => {
    const window = createRollingWindow(shape);
    window.add(0, 1, 20_000);
    window.add(0, 1, 5_000);
    assert.equal(window.sum(0, 29_000), 2);
    assert.equal(window.sum(0, 30_000), 0);
  });

  it("holds exactly what came in its latest buckets", () => {
    const events = fc.array(
      fc.record({ afterMs: fc.oneof(fc.nat(4_000), fc.nat(30_000)), amount: fc.integer({ min: -5, max: 9 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(fc.integer({ min: -50_000, max: 50_000 }), events, (start, steps) => {
        const window = createRollingWindow(shape);
        const seen: { readonly at: number; readonly amount: number }[] = [];
        let now = start;
        for (const { afterMs, amount } of steps) {
          now += afterMs;
          window.add(1, amount, now);
          seen.push({ at: now, amount });
          const oldest = (Math.floor(now / 1_000) - 9) * 1_000;
          const expected = seen.reduce((sum, event) => (event.at >= oldest ? sum + event.amount : sum), 0);
          assert.equal(window.sum(1, now), expected);
          assert.equal(window.sum(0, now), 0);
        }
      }),
    );
  });
});
