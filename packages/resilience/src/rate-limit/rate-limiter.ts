import type { MonotonicMs, RateLimitPolicy } from "@intramesh/core";
import { createTokenBucket, type TokenBucket } from "./token-bucket.ts";

/** One bucket for each who is limited apart. */
export interface RateLimiter {
  /** Requests that were refused so far. */
  readonly refused: number;
  /** Undefined: the request may pass. Else the milliseconds after which one of the same key may. */
  refuse(key: string, now: MonotonicMs): number | undefined;
}

/** Envoy's body for a request over a local rate limit. */
export const rateLimitedBody: string = "local_rate_limited";

/** What a refusal says besides 429 and `RL`: when to come again, and that it is not to be retried unless asked for. */
export function rateLimitedHeaders(waitMs: number): readonly (readonly [name: string, value: string])[] {
  return [
    ["retry-after", String(Math.max(1, Math.ceil(waitMs / 1_000)))],
    ["x-envoy-ratelimited", "true"],
  ];
}

/** Callers may make names up: more buckets than this are not kept, and those longest unused go first. */
const maxBuckets = 10_000;

/** Buckets are full for those who have not come yet. With `per: all` every key is the same. */
export function createRateLimiter(policy: RateLimitPolicy, limit: number = maxBuckets): RateLimiter {
  const shared = createTokenBucket(policy);
  /** The longest unused stands first. */
  const buckets = new Map<string, TokenBucket>();
  let refused = 0;

  function bucketOf(key: string): TokenBucket {
    if (policy.per === "all") return shared;
    const known = buckets.get(key);
    if (known === undefined && buckets.size >= limit) {
      const [oldest] = buckets.keys();
      if (oldest !== undefined) buckets.delete(oldest);
    }
    const bucket = known ?? createTokenBucket(policy);
    buckets.delete(key);
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    get refused() {
      return refused;
    },
    refuse(key, now) {
      const bucket = bucketOf(key);
      if (bucket.take(now)) return undefined;
      refused += 1;
      return bucket.waitMs(now);
    },
  };
}
