import type { Clock, MonotonicMs } from "@intramesh/core";
import type { RegistryState } from "./registry-state.ts";

/** Revisions whose time is remembered, at least; a client that is further behind is behind for long enough. */
const keptTimes = 1_000;

/** When the newest revisions came, to tell how long a client that runs an older one has been behind. */
export class RevisionTimes {
  readonly #clock: Clock;
  readonly #state: RegistryState;
  readonly #startedAt: MonotonicMs;
  readonly #startRevision: number;
  #times: { readonly revision: number; readonly at: MonotonicMs }[] = [];

  constructor(state: RegistryState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#startRevision = state.revision;
    state.onChange((changes) => {
      this.#times.push({ revision: changes.at(-1)!.revision, at: clock.now() });
      if (this.#times.length >= 2 * keptTimes) this.#times = this.#times.slice(-keptTimes);
    });
  }

  /**
   * Milliseconds since the first change that `revision` does not have; 0 where there is none. At least that: what came
   * before this process started counts from its start.
   */
  behindMs(revision: number): number {
    if (revision >= this.#state.revision) return 0;
    const since = revision < this.#startRevision ? this.#startedAt : this.#firstAfter(revision);
    return Math.round(this.#clock.now() - since);
  }

  #firstAfter(revision: number): MonotonicMs {
    return this.#times.find((time) => time.revision > revision)?.at ?? this.#startedAt;
  }
}
