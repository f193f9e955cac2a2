import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createRateLimiter, rateLimitedHeaders } from "./rate-limiter.ts";

const rate = { requests: 1, intervalMs: 1_000 };

describe("a rate limiter", () => {
  it("limits each key apart", () => {
    const limiter = createRateLimiter({ ...rate, per: "caller" });
    assert.deepEqual(
      ["a", "b", "a", "b"].map((key) => limiter.refuse(key, 0)),
      [undefined, undefined, 1_000, 1_000],
    );
    assert.equal(limiter.refused, 2);
    assert.equal(limiter.refuse("a", 1_000), undefined);
  });

  it("shares one bucket where it is for all", () => {
    const limiter = createRateLimiter({ ...rate, per: "all" });
    assert.deepEqual([limiter.refuse("a", 0), limiter.refuse("b", 0)], [undefined, 1_000]);
  });

  it("keeps no more buckets than its limit, and forgets the longest unused", () => {
    const limiter = createRateLimiter({ ...rate, per: "route" }, 2);
    limiter.refuse("a", 0);
    limiter.refuse("b", 0);
    limiter.refuse("a", 0);
    limiter.refuse("c", 0);
    assert.equal(limiter.refuse("a", 0), 1_000);
    assert.equal(limiter.refuse("b", 0), undefined);
  });
});

it("a refusal says when to come again, in whole seconds, and that it is not to be retried", () => {
  assert.deepEqual(rateLimitedHeaders(1_001), [
    ["retry-after", "2"],
    ["x-envoy-ratelimited", "true"],
  ]);
  assert.equal(rateLimitedHeaders(0.5)[0]?.[1], "1");
});
