import { performance } from "node:perf_hooks";
import type { Clock } from "@intramesh/core";

/** Between two readings; Node's figure is for the time since the last one. */
const readEveryMs = 500;

/** The share of time, 0 to 1, in which this process's event loop was busy lately. */
export function createEventLoopMeter(clock: Clock): () => number {
  let before = performance.eventLoopUtilization();
  let readAt = clock.now();
  let utilization = 0;
  return () => {
    const now = clock.now();
    if (now - readAt < readEveryMs) return utilization;
    const current = performance.eventLoopUtilization();
    utilization = performance.eventLoopUtilization(current, before).utilization;
    before = current;
    readAt = now;
    return utilization;
  };
}
