/** What a version had under some keys where the next one has something else; undefined: nothing. */
type Differences<Key, Value> = ReadonlyMap<Key, Value | undefined>;

/**
 * An immutable map whose next version costs what differs, however large it is: the newest version holds the entries,
 * each older one what it had otherwise, and where to find the rest. An old version is good for as long as somebody
 * reads it, and slower the older it is. Entries are iterated at once, not across changes.
 */
export class VersionedMap<Key, Value extends object> implements ReadonlyMap<Key, Value> {
  /** Undefined in all but the newest version. */
  #entries: Map<Key, Value> | undefined;
  #newer: VersionedMap<Key, Value> | undefined;
  #differences: Differences<Key, Value> = new Map();

  constructor(entries: Iterable<readonly [Key, Value]> = []) {
    this.#entries = new Map(entries);
  }

  /** The next version: `undefined` takes a key away. The second next version of one version costs a whole copy. */
  with(changes: readonly (readonly [Key, Value | undefined])[]): VersionedMap<Key, Value> {
    if (changes.length === 0) return this;
    const next = new VersionedMap<Key, Value>();
    if (this.#entries === undefined || this.#entries.size === 0) {
      next.#entries = new Map(this.#whole());
      apply(next.#entries, changes);
      return next;
    }
    const entries = this.#entries;
    const differences = new Map<Key, Value | undefined>();
    for (const [key] of changes) if (!differences.has(key)) differences.set(key, entries.get(key));
    apply(entries, changes);
    next.#entries = entries;
    this.#entries = undefined;
    this.#newer = next;
    this.#differences = differences;
    return next;
  }

  get(key: Key): Value | undefined {
    let version: VersionedMap<Key, Value> = this;
    while (version.#entries === undefined) {
      if (version.#differences.has(key)) return version.#differences.get(key);
      version = version.#newer!;
    }
    return version.#entries.get(key);
  }

  has(key: Key): boolean {
    return this.get(key) !== undefined;
  }

  get size(): number {
    return this.#whole().size;
  }

  entries(): MapIterator<[Key, Value]> {
    return this.#whole().entries();
  }

  keys(): MapIterator<Key> {
    return this.#whole().keys();
  }

  values(): MapIterator<Value> {
    return this.#whole().values();
  }

  [Symbol.iterator](): MapIterator<[Key, Value]> {
    return this.entries();
  }

  forEach(visit: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this.#whole()) visit(value, key, this);
  }

  #whole(): Map<Key, Value> {
    if (this.#entries !== undefined) return this.#entries;
    const chain: VersionedMap<Key, Value>[] = [];
    let version: VersionedMap<Key, Value> = this;
    while (version.#entries === undefined) {
      chain.push(version);
      version = version.#newer!;
    }
    const entries = new Map(version.#entries);
    for (const older of chain.reverse()) apply(entries, older.#differences);
    return entries;
  }
}

function apply<Key, Value>(entries: Map<Key, Value>, changes: Iterable<readonly [Key, Value | undefined]>): void {
  for (const [key, value] of changes) {
    if (value === undefined) entries.delete(key);
    else entries.set(key, value);
  }
}
