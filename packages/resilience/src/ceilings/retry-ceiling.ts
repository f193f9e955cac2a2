import type { MonotonicMs, RetryCeiling } from "@intramesh/core";
import { createRollingWindow, type RollingWindow } from "../window/rolling-window.ts";

/** Parts in which requests leave the interval of a budget. */
const buckets = 10;

/** How many retries may run at once. */
export interface RetryLimit {
  /** A request has begun. */
  began(now: MonotonicMs): void;
  /** Retries allowed beside `inUse` requests that are active or pending. */
  max(inUse: number, now: MonotonicMs): number;
}

/** Envoy's `max_retries`, or its retry budget (common/upstream/resource_manager_impl.h). */
export function createRetryLimit(ceiling: RetryCeiling): RetryLimit {
  if (ceiling.kind === "fixed") return { began: () => undefined, max: () => ceiling.max };
  const { percent, minConcurrency, intervalMs } = ceiling;
  const begun: RollingWindow | undefined =
    intervalMs === 0 ? undefined : createRollingWindow({ windowMs: intervalMs, buckets, counters: 1 });
  return {
    began: (now) => begun?.add(0, 1, now),
    max(inUse, now) {
      // Those that run may have begun in the interval or before it; neither is to count twice.
      const requests = begun === undefined ? inUse : Math.max(inUse, begun.sum(0, now));
      return Math.max(Math.floor((percent / 100) * requests), minConcurrency);
    },
  };
}
