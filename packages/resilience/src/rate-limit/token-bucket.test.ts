import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { createTokenBucket } from "./token-bucket.ts";

describe("a token bucket", () => {
  it("is full at first and lets a burst of all its tokens through", () => {
    const bucket = createTokenBucket({ requests: 3, intervalMs: 1_000 });
    assert.deepEqual(
      [0, 0, 0, 0].map((now) => bucket.take(now)),
      [true, true, true, false],
    );
  });

  it("is filled evenly, not at once", () => {
    const bucket = createTokenBucket({ requests: 10, intervalMs: 1_000 });
    for (let at = 0; at < 10; at++) bucket.take(0);
    assert.deepEqual([bucket.take(99), bucket.take(100), bucket.take(100)], [false, true, false]);
  });

  it("says how long to wait for the next token", () => {
    const bucket = createTokenBucket({ requests: 10, intervalMs: 1_000 });
    assert.equal(bucket.waitMs(0), 0);
    for (let at = 0; at < 10; at++) bucket.take(0);
    assert.equal(bucket.waitMs(0), 100);
    assert.equal(Math.round(bucket.waitMs(40)), 60);
  });

  it("never holds more than its tokens, and loses none to time that goes back", () => {
    const bucket = createTokenBucket({ requests: 2, intervalMs: 1_000 });
    assert.deepEqual(
      [60_000, 60_000, 0, 60_000, 60_500].map((now) => bucket.take(now)),
      [true, true, false, false, true],
    );
  });

  it("lets through at most a burst and its rate, and no less where everybody waits as told", () => {
    const rate = fc.record({
      requests: fc.integer({ min: 1, max: 50 }),
      intervalMs: fc.integer({ min: 1, max: 5_000 }),
    });
    fc.assert(
      fc.property(rate, fc.array(fc.nat(300), { maxLength: 100 }), (given, gaps) => {
        const bucket = createTokenBucket(given);
        let now = 0;
        let taken = 0;
        for (const gap of gaps) {
          now += gap;
          if (bucket.take(now)) taken += 1;
          assert.ok(taken <= given.requests + (now * given.requests) / given.intervalMs + 1e-6);
        }
        assert.equal(bucket.take(now + bucket.waitMs(now)), true);
      }),
    );
  });
});
