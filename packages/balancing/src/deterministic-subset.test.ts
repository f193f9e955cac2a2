import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chooseSubset } from "./deterministic-subset.ts";
import { loadHash64 } from "./hash/hash64.ts";
import type { BalancedEndpoint } from "./picker.ts";
import { endpointsOf } from "./testing/endpoints.ts";

const hash64 = await loadHash64();
const isUsable = ({ state }: BalancedEndpoint): boolean => !state.ejected;

function endpointsIn(count: number): readonly BalancedEndpoint[] {
  return endpointsOf(...Array.from({ length: count }, () => 1));
}

function subset(endpoints: readonly BalancedEndpoint[], size: number, client: number): readonly BalancedEndpoint[] {
  return chooseSubset(endpoints, isUsable, size, { client, hash64 });
}

const counts = fc.record({
  count: fc.integer({ min: 1, max: 200 }),
  size: fc.integer({ min: 1, max: 40 }),
  client: fc.nat({ max: 10_000 }),
});

test("a subset has its size, nobody twice, and is the same each time", () => {
  fc.assert(
    fc.property(counts, ({ count, size, client }) => {
      const endpoints = endpointsIn(count);
      const chosen = subset(endpoints, size, client);
      assert.equal(chosen.length, Math.min(count, size));
      assert.equal(new Set(chosen).size, chosen.length);
      assert.deepEqual(
        subset([...endpoints].reverse(), size, client)
          .map(idOf)
          .sort(),
        chosen.map(idOf).sort(),
      );
    }),
  );
});

test("each group of consecutive clients covers every endpoint, and nobody more than twice", () => {
  fc.assert(
    fc.property(counts, ({ count, size, client }) => {
      const endpoints = endpointsIn(count);
      if (count <= size) return;
      const subsets = Math.ceil(count / size);
      const first = client - (client % subsets);
      const users = new Map<BalancedEndpoint, number>();
      for (let at = first; at < first + subsets; at++) {
        for (const balanced of subset(endpoints, size, at)) users.set(balanced, (users.get(balanced) ?? 0) + 1);
      }
      assert.equal(users.size, count);
      assert.ok(Math.max(...users.values()) <= 2);
    }),
  );
});

test("300 clients of 100 endpoints with subsets of 10 use each endpoint alike", () => {
  const users = new Map<BalancedEndpoint, number>();
  const endpoints = endpointsIn(100);
  for (let client = 0; client < 300; client++) {
    for (const balanced of subset(endpoints, 10, client)) users.set(balanced, (users.get(balanced) ?? 0) + 1);
  }
  assert.deepEqual(new Set(users.values()), new Set([30]));
});

test("an endpoint that goes changes at most two members of a subset", () => {
  fc.assert(
    fc.property(counts, fc.nat(), ({ count, size, client }, at) => {
      // The same number of subsets before and after: the group that a client is in stays.
      if (Math.ceil(count / size) !== Math.ceil((count - 1) / size)) return;
      const endpoints = endpointsIn(count);
      const gone = endpoints[at % count]!;
      const before = new Set(subset(endpoints, size, client));
      const after = subset(
        endpoints.filter((balanced) => balanced !== gone),
        size,
        client,
      );
      assert.ok(after.filter((balanced) => !before.has(balanced)).length <= 2);
    }),
  );
});

test("an ejected member is stood in for by another", () => {
  const endpoints = endpointsIn(50);
  const before = subset(endpoints, 10, 3);
  before[0]!.state.ejected = true;
  const after = subset(endpoints, 10, 3);
  assert.equal(after.length, 10);
  assert.deepEqual(after.slice(0, 9), before.slice(1));
});

function idOf({ endpoint }: BalancedEndpoint): string {
  return endpoint.id;
}
