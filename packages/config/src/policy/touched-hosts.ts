import { coversHost } from "./host-name.ts";

/** Hosts and wildcards that something happened to. */
export class TouchedHosts {
  readonly #exact: Set<string> = new Set();
  readonly #wildcards: string[] = [];

  add(host: string): void {
    if (this.#exact.has(host)) return;
    this.#exact.add(host);
    if (host.startsWith("*")) this.#wildcards.push(host);
  }

  /** Whether one of them is the host or covers it. */
  covers(host: string): boolean {
    return this.#exact.has(host) || this.#wildcards.some((wildcard) => coversHost(wildcard, host));
  }

  /** Values of all hosts that are covered. */
  *valuesIn<Value>(byHost: ReadonlyMap<string, Value>): Iterable<Value> {
    for (const host of this.#exact) {
      const value = byHost.get(host);
      if (value !== undefined) yield value;
    }
    if (this.#wildcards.length === 0) return;
    for (const [host, value] of byHost) if (!this.#exact.has(host) && this.covers(host)) yield value;
  }
}
