/**
 * A binary min-heap of deadlines whose entries never leave: the first can only be put off. Two flat arrays, so that
 * a turn among a thousand entries touches a few cache lines and allocates nothing.
 */
export class DeadlineHeap {
  /** Deadlines in heap order. */
  readonly #deadlines: Float64Array;
  /** Which entry stands at each place of the heap. */
  readonly #entries: Uint32Array;
  /** The latest deadline that was met: the present. */
  #now = 0;

  /** Entry `n` is due at `deadlines[n]`, counted from 0. */
  constructor(deadlines: readonly number[]) {
    const order = deadlines.map((_, entry) => entry).sort((a, b) => deadlines[a]! - deadlines[b]!);
    // A sorted array is a heap.
    this.#entries = Uint32Array.from(order);
    this.#deadlines = Float64Array.from(order, (entry) => deadlines[entry]!);
  }

  /** The entry that is due next; the heap must not be empty. */
  get first(): number {
    return this.#entries[0]!;
  }

  /** Lets the first entry's time come, and makes it due again `delay` later. */
  postponeFirst(delay: number): void {
    const deadlines = this.#deadlines;
    const entries = this.#entries;
    const size = deadlines.length;
    const entry = entries[0]!;
    this.#now = deadlines[0]!;
    const deadline = this.#now + delay;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= size) break;
      if (child + 1 < size && deadlines[child + 1]! < deadlines[child]!) child += 1;
      // An entry that meets an equal deadline stands back, so that equals take turns.
      if (deadlines[child]! > deadline) break;
      deadlines[place] = deadlines[child]!;
      entries[place] = entries[child]!;
      place = child;
    }
    deadlines[place] = deadline;
    entries[place] = entry;
  }

  /** Every entry with the time that is left to its deadline. */
  *remaining(): Generator<readonly [entry: number, time: number]> {
    for (let place = 0; place < this.#entries.length; place++) {
      yield [this.#entries[place]!, this.#deadlines[place]! - this.#now];
    }
  }
}
