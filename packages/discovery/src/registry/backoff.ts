import type { Random } from "@intramesh/core";

const firstMs = 100;
const longestMs = 5_000;

/** Longest wait that a registry may ask for: a wrong header must not silence a client for good. */
const longestRetryAfterMs = 60_000;

/**
 * How long to wait before the next try: anything up to an interval that doubles with each failure, from 100 ms to 5 s.
 * The whole interval is drawn from, so that a thousand clients of a registry that restarts come back spread out.
 */
export class Backoff {
  readonly #random: Random;
  readonly #longestMs: number;
  #failures = 0;

  constructor(random: Random, longest: number = longestMs) {
    this.#random = random;
    this.#longestMs = longest;
  }

  /** Counts a failure and says how long to wait, at least `retryAfterMs` where the registry asked for it. */
  next(retryAfterMs: number = 0): number {
    const interval = Math.min(this.#longestMs, firstMs * 2 ** this.#failures);
    this.#failures += 1;
    return Math.min(retryAfterMs, longestRetryAfterMs) + this.#random() * interval;
  }

  /** To be called when something worked. */
  reset(): void {
    this.#failures = 0;
  }
}

/** Milliseconds that a `Retry-After` header asks for: seconds or an HTTP date; undefined where it says neither. */
export function retryAfterMs(header: string | undefined, wallMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallMs);
}
