/** Values by host, exact or wildcard: the exact host is found first, then the longest wildcard that covers it. */
export class HostMap<Value> {
  readonly #exact: Map<string, Value> = new Map();
  readonly #suffixes: Map<string, Value> = new Map();
  #lengths: readonly number[] | undefined;

  /** Value of this very host or pattern. */
  get(host: string): Value | undefined {
    return this.#exact.get(host);
  }

  set(host: string, value: Value): void {
    this.#exact.set(host, value);
    if (!host.startsWith("*")) return;
    this.#suffixes.set(host.slice(1), value);
    this.#lengths = undefined;
  }

  /** Value of the most specific host or pattern that covers `host`. */
  find(host: string): Value | undefined {
    const exact = this.#exact.get(host);
    if (exact !== undefined || this.#suffixes.size === 0) return exact;
    this.#lengths ??= [...new Set([...this.#suffixes.keys()].map((suffix) => suffix.length))].sort((a, b) => b - a);
    for (const length of this.#lengths) {
      if (length >= host.length) continue;
      const value = this.#suffixes.get(host.slice(host.length - length));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}
