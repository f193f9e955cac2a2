import type { MonotonicMs } from "@intramesh/core";

/** Lets so many through in a time, with a burst of as many. */
export interface TokenBucket {
  /** Takes a token; false where there is none. */
  take(now: MonotonicMs): boolean;
  /** Milliseconds until there is a token; 0 where there is one. */
  waitMs(now: MonotonicMs): number;
}

/** How far a sum of fractions may be from the whole token that it stands for. */
const rounding = 1e-9;

/** A bucket that is full at first and filled evenly, `requests` tokens in each `intervalMs`. */
export function createTokenBucket(rate: { readonly requests: number; readonly intervalMs: number }): TokenBucket {
  const { requests, intervalMs } = rate;
  const perMs = requests / intervalMs;
  let tokens = requests;
  let filledAt = Number.NEGATIVE_INFINITY;

  function fill(now: MonotonicMs): void {
    if (now <= filledAt) return;
    tokens = Math.min(requests, tokens + (now - filledAt) * perMs);
    filledAt = now;
  }

  return {
    take(now) {
      fill(now);
      if (tokens < 1 - rounding) return false;
      tokens = Math.max(0, tokens - 1);
      return true;
    },
    waitMs(now) {
      fill(now);
      return tokens >= 1 - rounding ? 0 : (1 - tokens) / perMs;
    },
  };
}
