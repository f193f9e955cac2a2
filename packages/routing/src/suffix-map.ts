/** Values by wildcard host (`*.example.com`, `*`), found by the longest suffix. */
export interface SuffixMap<Value> {
  /** A wildcard must swallow at least one character: `*.a.com` does not cover `.a.com`. */
  find(host: string): Value | undefined;
}

/** `entries` are wildcard hosts, `*` in front; the first of a host stands. */
export function createSuffixMap<Value>(entries: Iterable<readonly [string, Value]>): SuffixMap<Value> {
  const bySuffix = new Map<string, Value>();
  for (const [host, value] of entries) {
    const suffix = host.slice(1);
    if (!bySuffix.has(suffix)) bySuffix.set(suffix, value);
  }
  const lengths = [...new Set([...bySuffix.keys()].map((suffix) => suffix.length))].sort((a, b) => b - a);
  return {
    find(host) {
      for (const length of lengths) {
        if (length >= host.length) continue;
        const value = bySuffix.get(host.slice(host.length - length));
        if (value !== undefined) return value;
      }
      return undefined;
    },
  };
}
