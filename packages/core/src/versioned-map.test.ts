import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "./random.ts";
import { VersionedHostMap } from "./versioned-host-map.ts";
import { VersionedMap } from "./versioned-map.ts";

interface Value {
  readonly number: number;
}

test("each version stays what it was, whichever versions come after it", () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed);
    const below = (limit: number): number => Math.floor(random() * limit);
    const versions: { readonly map: VersionedMap<string, Value>; readonly expected: Map<string, Value> }[] = [
      { map: new VersionedMap(), expected: new Map() },
    ];
    for (let step = 0; step < 30; step++) {
      // Now and then a second one after the same version.
      const from = versions[random() < 0.8 ? versions.length - 1 : below(versions.length)]!;
      const changes = Array.from({ length: below(4) }, (): [string, Value | undefined] => [
        `k${below(6)}`,
        random() < 0.4 ? undefined : { number: step },
      ]);
      const expected = new Map(from.expected);
      for (const [key, value] of changes) {
        if (value === undefined) expected.delete(key);
        else expected.set(key, value);
      }
      versions.push({ map: from.map.with(changes), expected });
    }
    for (const { map, expected } of versions) {
      assert.deepEqual(new Map(map), expected, `seed ${seed}`);
      assert.equal(map.size, expected.size);
      for (let key = 0; key < 6; key++) assert.equal(map.get(`k${key}`), expected.get(`k${key}`), `seed ${seed}`);
    }
  }
});

test("a host is found before the longest wildcard that covers it, in each version", () => {
  const [exact, near, far] = [{ number: 1 }, { number: 2 }, { number: 3 }];
  const first = new VersionedHostMap<Value>().with([
    ["a.example.com", exact],
    ["*.example.com", near],
    ["*", far],
  ]);
  const second = first.with([
    ["a.example.com", undefined],
    ["*", undefined],
  ]);
  const found = (map: VersionedHostMap<Value>): unknown[] =>
    ["a.example.com", "b.example.com", ".example.com", "example.com"].map((host) => map.find(host)?.number);
  assert.deepEqual(found(second), [2, 2, undefined, undefined]);
  assert.deepEqual(found(first), [1, 2, 3, 3]);
});
