import type { Clock, Random, Scheduler } from "@intramesh/core";

/*
 * The only place where the mesh touches the process's time and chance.
 */

export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
};

export const systemScheduler: Scheduler = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

export const systemRandom: Random = () => Math.random();
