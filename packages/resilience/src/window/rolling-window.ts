import type { MonotonicMs } from "@intramesh/core";

/** Sums over the latest stretch of time. Adding and asking cost the same whatever came in. */
export interface RollingWindow {
  /** Adds a whole number to a counter. */
  add(counter: number, amount: number, now: MonotonicMs): void;
  /** What came to a counter in the window that ends at `now`. */
  sum(counter: number, now: MonotonicMs): number;
  /** Forgets everything. */
  clear(): void;
}

/** How long a window is, and how finely it forgets. */
export interface RollingWindowShape {
  readonly windowMs: number;
  /** Parts in which the window forgets: it covers between `buckets - 1` and `buckets` of them. */
  readonly buckets: number;
  /** How many sums are kept, numbered from 0. */
  readonly counters: number;
}

/**
 * A ring of buckets with running totals, turned by the time of its calls alone, without a timer. Time that goes back
 * counts as the latest that was seen.
 */
export function createRollingWindow({ windowMs, buckets, counters }: RollingWindowShape): RollingWindow {
  const bucketMs = windowMs / buckets;
  const ring = new Float64Array(buckets * counters);
  const totals = new Float64Array(counters);
  /** Number of the bucket that is being filled, counted from time zero. */
  let latest = Number.NEGATIVE_INFINITY;

  function turnTo(now: MonotonicMs): void {
    const number = Math.floor(now / bucketMs);
    if (number <= latest) return;
    const lapsed = Math.min(number - latest, buckets);
    for (let step = 0; step < lapsed; step++) empty(number - step);
    latest = number;
  }

  function empty(number: number): void {
    const start = startOf(number);
    for (let counter = 0; counter < counters; counter++) {
      totals[counter]! -= ring[start + counter]!;
      ring[start + counter] = 0;
    }
  }

  function startOf(number: number): number {
    // Times before the zero point are times too.
    return (((number % buckets) + buckets) % buckets) * counters;
  }

  return {
    add(counter, amount, now) {
      turnTo(now);
      ring[startOf(latest) + counter]! += amount;
      totals[counter]! += amount;
    },
    sum(counter, now) {
      turnTo(now);
      return totals[counter]!;
    },
    clear() {
      ring.fill(0);
      totals.fill(0);
    },
  };
}
