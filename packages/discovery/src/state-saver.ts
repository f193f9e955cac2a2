import type { Clock, Scheduler } from "@intramesh/core";
import type { LastKnownGood } from "./last-known-good.ts";
import type { ResourceState } from "./resource-source.ts";

/** A burst of changes is one write. */
const quietMs = 1_000;

/** A write may take at most this share of the time: a large state that changes all the time is kept less often. */
const costShare = 0.02;

/** Writes the newest state, not each. */
export class StateSaver {
  readonly #memory: LastKnownGood;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #onFailure: (error: Error) => void;
  #newest: ResourceState | undefined;
  #running: Promise<void> = Promise.resolve();
  #planned = false;
  #nextAt = 0;
  #failed = false;

  /** `onFailure` hears of the first write that fails after one that did not. */
  constructor(memory: LastKnownGood, clock: Clock, scheduler: Scheduler, onFailure: (error: Error) => void) {
    this.#memory = memory;
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#onFailure = onFailure;
  }

  /** Sees to it that `state`, or one after it, is kept before long. */
  save(state: ResourceState): void {
    this.#newest = state;
    if (this.#planned) return;
    this.#planned = true;
    const waitMs = Math.max(0, this.#nextAt - this.#clock.now());
    this.#scheduler.after(waitMs, () => {
      void this.flush();
    });
  }

  /** Writes now what has not been written. Resolves when it is done, also where it failed. */
  flush(): Promise<void> {
    this.#running = this.#running.then(() => this.#write());
    return this.#running;
  }

  async #write(): Promise<void> {
    const state = this.#newest;
    if (state === undefined) return;
    this.#newest = undefined;
    const startedAt = this.#clock.now();
    try {
      await this.#memory.save(state);
      this.#failed = false;
    } catch (error) {
      if (!this.#failed) this.#onFailure(error as Error);
      this.#failed = true;
    }
    const endedAt = this.#clock.now();
    this.#nextAt = endedAt + Math.max(quietMs, (endedAt - startedAt) / costShare);
    this.#planned = false;
    // What came while this was written.
    if (this.#newest !== undefined) this.save(this.#newest);
  }
}
