import type { Scheduler } from "@intramesh/core";

/** The process's own clock: milliseconds since 1970, to be held against the times of files. */
export const systemWallMs = (): number => Date.now();

/** The process's own timers, for sources that are made without a mesh around them. */
export const systemScheduler: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
