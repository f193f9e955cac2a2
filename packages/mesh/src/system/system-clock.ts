import type { Clock, Random, Scheduler } from "@intramesh/core";

/*
 * The only place where the mesh touches the process's time and chance.
 */

/** Monotonic and wall time of the process. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
};

/** A timer that is later than this many ms was held up by its own process: a blocked event loop, a SIGSTOP. */
const stallMs = 100;

/** Timers that do not keep the process alive, and give answers a moment after a stall. */
export const systemScheduler: Scheduler = {
  after(delayMs, task) {
    const dueAt = performance.now() + delayMs;
    let timer = setTimeout(() => {
      if (performance.now() - dueAt <= stallMs) {
        task();
        return;
      }
      // Timers run before sockets are read, and what was about to be sent leaves after a stall only: answers get a
      // moment to come, and cancel their timeouts.
      timer = setTimeout(task, Math.min(delayMs, stallMs));
      timer.unref();
    }, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** The process's own chance. */
export const systemRandom: Random = () => Math.random();
