import type { Clock, MonotonicMs } from "@intramesh/core";

/** What a process inherits and does not call within this time is not handed on to the next. */
const inheritanceMs = 600_000;

/** Characters of terms that a stream is opened with, below the registry's limit for a request's head. */
const maxOpeningChars = 48 * 1_024;

interface Arrival {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

/**
 * The services whose instances a process wants, by their terms: what it has asked for, what has come. It lasts for as
 * long as the process; one that is not called any more costs little, and its next call finds it warm.
 */
export class Subscriptions {
  readonly #clock: Clock;
  readonly #startedAt: MonotonicMs;
  readonly #wanted: Set<string> = new Set();
  /** Of those, what nobody has called yet in this process. */
  readonly #inherited: Set<string> = new Set();
  /** Of those, what the stream that is open, or the next one, has not been asked for. */
  readonly #unasked: Set<string> = new Set();
  /** By the terms that have not come. */
  readonly #waiting: Map<string, Arrival> = new Map();
  /** True once the list has outgrown a request's head. */
  #everybody = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** What an earlier process of the same service called. */
  inherit(terms: readonly string[]): void {
    for (const term of terms) if (this.#want(term)) this.#inherited.add(term);
  }

  /** True where it has to be asked for. */
  add(term: string): boolean {
    this.#inherited.delete(term);
    return this.#want(term);
  }

  /** Resolves when the term's instances have come; undefined where they have. */
  pending(term: string): Promise<void> | undefined {
    return this.#waiting.get(term)?.promise;
  }

  /**
   * What a stream is opened with: what is here where it resumes, else all that is wanted; the rest is to be asked for.
   * Undefined, for everybody's instances, from when that is more than a thousand services or so.
   */
  opening(here: ReadonlySet<string> | undefined): readonly string[] | undefined {
    const terms = here ?? this.#wanted;
    this.#unasked.clear();
    this.#everybody ||= encodeURIComponent([...this.#wanted].join()).length > maxOpeningChars;
    if (this.#everybody) return undefined;
    for (const term of this.#wanted) if (!terms.has(term)) this.#unasked.add(term);
    return [...terms];
  }

  /** What is to be asked for now; it counts as asked for. */
  unasked(): readonly string[] {
    const terms = [...this.#unasked];
    this.#unasked.clear();
    return terms;
  }

  /** The instances of these terms are in force. */
  arrived(terms: ReadonlySet<string>): void {
    for (const [term, { resolve }] of this.#waiting) {
      if (!this.#everybody && !terms.has(term)) continue;
      this.#waiting.delete(term);
      resolve();
    }
  }

  /** What the next process should begin with. */
  worthKeeping(): readonly string[] {
    const forgets = this.#clock.now() - this.#startedAt >= inheritanceMs;
    return [...this.#wanted].filter((term) => !forgets || !this.#inherited.has(term));
  }

  #want(term: string): boolean {
    if (this.#everybody || this.#wanted.has(term)) return false;
    this.#wanted.add(term);
    this.#unasked.add(term);
    this.#waiting.set(term, awaited());
    return true;
  }
}

function awaited(): Arrival {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
