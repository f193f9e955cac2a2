/** Things that happen, to be awaited one by one, in their order. */
export class Arrivals<T> {
  readonly #waiting: ((item: T) => void)[] = [];
  readonly #arrived: T[] = [];

  push(item: T): void {
    const waiter = this.#waiting.shift();
    if (waiter === undefined) this.#arrived.push(item);
    else waiter(item);
  }

  /** The next one that nobody has taken. */
  next(): Promise<T> {
    const item = this.#arrived.shift();
    return item === undefined ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve(item);
  }

  /** How many have arrived that nobody has taken. */
  get untaken(): number {
    return this.#arrived.length;
  }
}
