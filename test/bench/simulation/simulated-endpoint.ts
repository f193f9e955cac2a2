import type { Random } from "@intramesh/core";
import type { Condition } from "./scenario.ts";

/** How a request ended. */
export interface Served {
  /** When the answer is there, in milliseconds. */
  readonly at: number;
  readonly failed: boolean;
}

/** How long a connection takes to be refused, in milliseconds. */
const refusalMs = 1;

/** How often an endpoint measures how busy its loop is, in milliseconds. */
const measureMs = 500;

/** A Node process: one event loop that does one thing after the other. */
export class SimulatedEndpoint {
  readonly #random: Random;
  readonly #condition: (now: number) => Condition;
  #freeAt = 0;
  #busyMs = 0;
  #measuredAt = 0;
  #utilization = 0;

  constructor(random: Random, condition: (now: number) => Condition) {
    this.#random = random;
    this.#condition = condition;
  }

  /** Takes a request at `now`; service times are exponentially distributed. */
  serve(now: number): Served {
    const { serviceMs, dead } = this.#condition(now);
    if (dead) return { at: now + refusalMs, failed: true };
    this.block(now, -Math.log(1 - this.#random()) * serviceMs);
    return { at: this.#freeAt, failed: false };
  }

  /** Does something else for a while, after everything that waits. */
  block(now: number, forMs: number): void {
    this.#freeAt = Math.max(now, this.#freeAt) + forMs;
    this.#busyMs += forMs;
  }

  /** Share of the loop's time that was taken lately, 0 to 1, as the process would measure it itself. */
  utilization(now: number): number {
    const elapsed = now - this.#measuredAt;
    if (elapsed >= measureMs) {
      // Work that waits is not done yet.
      const waiting = Math.max(0, this.#freeAt - now);
      this.#utilization = Math.min(1, Math.max(0, this.#busyMs - waiting) / elapsed);
      this.#busyMs = Math.min(this.#busyMs, waiting);
      this.#measuredAt = now;
    }
    return this.#utilization;
  }
}
