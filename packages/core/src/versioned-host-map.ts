import { VersionedMap } from "./versioned-map.ts";

/**
 * Values by host, exact or wildcard (`*.example.com`, `*`), as an immutable map of versions. The exact host is found
 * first, then the longest wildcard that covers it; a wildcard swallows at least one character.
 */
export class VersionedHostMap<Value extends object> {
  #hosts: VersionedMap<string, Value> = new VersionedMap();
  /** By what follows the `*`. */
  #suffixes: VersionedMap<string, Value> = new VersionedMap();
  /** Lengths of the suffixes, the longest first. */
  #lengths: readonly number[] = [];

  /** The next version: `undefined` takes a host away. */
  with(changes: readonly (readonly [host: string, value: Value | undefined])[]): VersionedHostMap<Value> {
    if (changes.length === 0) return this;
    const next = new VersionedHostMap<Value>();
    next.#hosts = this.#hosts.with(changes);
    const wildcards = changes.filter(([host]) => host.startsWith("*"));
    next.#suffixes = this.#suffixes.with(wildcards.map(([host, value]) => [host.slice(1), value]));
    next.#lengths = wildcards.length === 0 ? this.#lengths : lengthsOf(next.#suffixes.keys());
    return next;
  }

  /** Value of this very host or pattern. */
  get(host: string): Value | undefined {
    return this.#hosts.get(host);
  }

  /** Value of the most specific host or pattern that covers `host`. */
  find(host: string): Value | undefined {
    const exact = this.#hosts.get(host);
    if (exact !== undefined) return exact;
    for (const length of this.#lengths) {
      if (length >= host.length) continue;
      const value = this.#suffixes.get(host.slice(host.length - length));
      if (value !== undefined) return value;
    }
    return undefined;
  }
}

function lengthsOf(suffixes: Iterable<string>): readonly number[] {
  return [...new Set([...suffixes].map(({ length }) => length))].sort((one, other) => other - one);
}
