/** Things that will happen, in the order of their time; of equal times the one that was planned first. */
export class EventQueue {
  readonly #times: number[] = [];
  readonly #orders: number[] = [];
  readonly #tasks: ((now: number) => void)[] = [];
  #planned = 0;

  /** Plans `task` for a time in milliseconds. */
  at(time: number, task: (now: number) => void): void {
    let place = this.#times.length;
    const order = this.#planned++;
    this.#put(place, time, order, task);
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(place, parent)) break;
      this.#swap(place, parent);
      place = parent;
    }
  }

  /** Lets everything happen up to `until`, in milliseconds. */
  run(until: number): void {
    while (this.#times.length > 0 && this.#times[0]! <= until) {
      const now = this.#times[0]!;
      const task = this.#tasks[0]!;
      this.#removeFirst();
      task(now);
    }
  }

  #put(place: number, time: number, order: number, task: (now: number) => void): void {
    this.#times[place] = time;
    this.#orders[place] = order;
    this.#tasks[place] = task;
  }

  #removeFirst(): void {
    const last = this.#times.length - 1;
    this.#put(0, this.#times[last]!, this.#orders[last]!, this.#tasks[last]!);
    this.#times.pop();
    this.#orders.pop();
    this.#tasks.pop();
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) return;
      if (child + 1 < last && this.#isBefore(child + 1, child)) child += 1;
      if (!this.#isBefore(child, place)) return;
      this.#swap(child, place);
      place = child;
    }
  }

  #isBefore(one: number, other: number): boolean {
    const difference = this.#times[one]! - this.#times[other]!;
    return difference < 0 || (difference === 0 && this.#orders[one]! < this.#orders[other]!);
  }

  #swap(one: number, other: number): void {
    const [time, order, task] = [this.#times[one]!, this.#orders[one]!, this.#tasks[one]!];
    this.#put(one, this.#times[other]!, this.#orders[other]!, this.#tasks[other]!);
    this.#put(other, time, order, task);
  }
}
