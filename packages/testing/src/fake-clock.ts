import type { Cancel, Clock, MonotonicMs, Scheduler } from "@intramesh/core";

interface Alarm {
  readonly at: MonotonicMs;
  readonly task: () => void;
}

/** Time that stands still until a test moves it. Tasks run inside `advance`, in the order of their times. */
export class FakeClock implements Clock, Scheduler {
  #now: MonotonicMs;
  readonly #wallOffsetMs: number;
  readonly #alarms = new Set<Alarm>();
  readonly #waiters = new Set<() => void>();

  /** `startMs` is the monotonic time at first, `wallMs` the milliseconds since 1970. */
  constructor(startMs: MonotonicMs = 0, wallMs: number = 1_700_000_000_000) {
    this.#now = startMs;
    this.#wallOffsetMs = wallMs - startMs;
  }

  now(): MonotonicMs {
    return this.#now;
  }

  wallMs(): number {
    return this.#now + this.#wallOffsetMs;
  }

  after(delayMs: number, task: () => void): Cancel {
    const alarm = { at: this.#now + delayMs, task };
    this.#alarms.add(alarm);
    for (const look of [...this.#waiters]) look();
    return () => {
      this.#alarms.delete(alarm);
    };
  }

  /** Tasks that wait for their time. */
  get pending(): number {
    return this.#alarms.size;
  }

  /** Milliseconds until the next task is due; undefined where none waits. */
  get untilNextMs(): number | undefined {
    const next = this.#next();
    return next === undefined ? undefined : next.at - this.#now;
  }

  /** Moves on by `ms`, through every task that falls due on the way, those that are arranged meanwhile included. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let alarm = this.#next(); alarm !== undefined && alarm.at <= end; alarm = this.#next()) {
      this.#alarms.delete(alarm);
      this.#now = Math.max(this.#now, alarm.at);
      alarm.task();
    }
    this.#now = end;
  }

  /**
   * Resolves once a task waits that `advance(withinMs)` would run, at once where one does. What comes by a socket takes a
   * while until it asks for its timer: a back-off after an answer.
   */
  arranged(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const { untilNextMs } = this;
        if (untilNextMs === undefined || untilNextMs > withinMs) return;
        this.#waiters.delete(look);
        resolve();
      };
      this.#waiters.add(look);
      look();
    });
  }

  /**
   * Goes on from task to task until `promise` has settled, as it has; for what waits for time of its own, such as the
   * `close()` of a mesh. `turn` lets sockets have their say in between: `setImmediate` of `node:timers/promises`, or a
   * `setTimeout` of some ms where answers are to come before the time-outs of those who wait for them.
   */
  async advanceUntil<T>(promise: Promise<T>, turn: () => Promise<unknown>): Promise<T> {
    let settled = false;
    const settle = (): void => {
      settled = true;
    };
    promise.then(settle, settle);
    for (await turn(); !settled; await turn()) this.advance(this.untilNextMs ?? 0);
    return promise;
  }

  #next(): Alarm | undefined {
    let earliest: Alarm | undefined;
    for (const alarm of this.#alarms) if (earliest === undefined || alarm.at < earliest.at) earliest = alarm;
    return earliest;
  }
}
