import type { Clock } from "@intramesh/core";
import type { Store } from "./store.ts";

/** Upper bounds in seconds: a memory, a good disk, a busy one, one that fails. */
export const commitBounds: readonly number[] = [
  0.000_1, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
];

/** How a store's commits went so far. */
export interface CommitMeasure {
  /** Commits that took no longer than the bound of the same place; the last one: all. Cumulative. */
  readonly buckets: readonly number[];
  readonly seconds: number;
  readonly failures: number;
  readonly changes: number;
}

/** The store, and what its commits, each with its fsync, took. */
export function measureStore(
  store: Store,
  clock: Clock,
): { readonly store: Store; readonly measure: () => CommitMeasure } {
  const counts = new Array<number>(commitBounds.length + 1).fill(0);
  let seconds = 0;
  let failures = 0;
  let changes = 0;

  function note(tookSeconds: number): void {
    seconds += tookSeconds;
    const at = commitBounds.findIndex((bound) => tookSeconds <= bound);
    counts[at < 0 ? commitBounds.length : at]! += 1;
  }

  return {
    store: {
      load: () => store.load(),
      commit(written) {
        const startedAt = clock.now();
        try {
          store.commit(written);
          changes += written.length;
        } catch (error) {
          failures += 1;
          throw error;
        } finally {
          note((clock.now() - startedAt) / 1_000);
        }
      },
      close: () => store.close(),
    },
    measure() {
      let below = 0;
      const buckets = counts.map((count) => {
        below += count;
        return below;
      });
      return { buckets, seconds, failures, changes };
    },
  };
}
