import type { Change } from "./stored-object.ts";

/** The newest part of the history, in memory, for watches that resume. Revisions in it have no gaps. */
export class ChangeLog {
  readonly #limit: number;
  #entries: Change[];
  /** Running sum of JSON characters, entry by entry; tells how far behind a reader is. */
  #sums: number[];
  #floor: number;

  /** `revision` is the state that `entries` lead to; at least `limit` of them are kept, at most twice as many. */
  constructor(limit: number, revision: number, entries: readonly Change[]) {
    this.#limit = limit;
    this.#entries = entries.slice();
    this.#floor = this.#entries[0] === undefined ? revision : this.#entries[0].revision - 1;
    this.#sums = [];
    let sum = 0;
    for (const entry of this.#entries) {
      sum += entry.object.json.length;
      this.#sums.push(sum);
    }
  }

  /** A reader that knows the state at this revision or a later one can go on from there. */
  get floor(): number {
    return this.#floor;
  }

  append(change: Change): void {
    this.#sums.push((this.#sums.at(-1) ?? 0) + change.object.json.length);
    this.#entries.push(change);
    if (this.#entries.length < this.#limit * 2) return;
    this.#entries = this.#entries.slice(-this.#limit);
    this.#sums = this.#sums.slice(-this.#limit);
    this.#floor = this.#entries[0]!.revision - 1;
  }

  /** The change right after `revision`; undefined where there is none yet. `revision` must not be below `floor`. */
  next(revision: number): Change | undefined {
    return this.#entries[revision - this.#floor];
  }

  /** Characters of JSON that a reader at `revision` has not seen. */
  backlog(revision: number): number {
    const seen = revision - this.#floor;
    return (this.#sums.at(-1) ?? 0) - (seen <= 0 ? 0 : (this.#sums[seen - 1] ?? 0));
  }
}
