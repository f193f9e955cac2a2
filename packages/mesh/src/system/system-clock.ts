import type { Clock, Random, Scheduler } from "@intramesh/core";

/*
 * The only place where the mesh touches the process's time and chance.
 */

export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
};

/** A timer that is later than this many ms was held up by its own process: a blocked event loop, a SIGSTOP. */
const stallMs = 100;

export const systemScheduler: Scheduler = {
  after(delayMs, task) {
    const dueAt = performance.now() + delayMs;
    let turn: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      // Timers run before sockets are read: answers that came during a stall are taken in first, and cancel their timeouts.
      if (performance.now() - dueAt > stallMs) turn = setImmediate(task);
      else task();
    }, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
      clearImmediate(turn);
    };
  },
};

export const systemRandom: Random = () => Math.random();
