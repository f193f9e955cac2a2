import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { expectDistribution } from "@intramesh/testing";
import fc from "fast-check";
import { numbered, tally } from "../testing/endpoints.ts";
import { sharesByWeight } from "./build-hashing.ts";
import { loadHash64 } from "./hash64.ts";
import { MaglevPicker } from "./maglev.ts";
import type { WeightedEndpoint } from "./weighted-endpoint.ts";

const hash64 = await loadHash64();
const random = seededRandom(1);

/** Tables of Envoy's maglev_lb_test.cc: the ports that own the entries, in order. */
const tables = [
  { title: "Basic", size: 7, shares: sharesByWeight(numbered(1, 1, 1, 1, 1, 1), 1), owners: [2, 4, 0, 1, 5, 0, 3] },
  {
    title: "Weighted",
    size: 17,
    shares: sharesByWeight(numbered(1, 2), 1),
    owners: [1, 0, 0, 1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1],
  },
  {
    title: "LocalityWeightedSameLocalityWeights",
    size: 17,
    shares: sharesByWeight(numbered(1, 1), 1),
    owners: [1, 0, 0, 1, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1],
  },
  {
    title: "LocalityWeightedDifferentLocalityWeights",
    size: 17,
    shares: sharesByWeight(numbered(8, 2), 1),
    owners: [1, 0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0],
  },
];

for (const { title, size, shares, owners } of tables) {
  test(`the table is that of Envoy's ${title}, whatever the order of endpoints`, () => {
    for (const endpoints of [shares, [...shares].reverse()]) {
      const picker = new MaglevPicker(endpoints, size, hash64);
      const found = Array.from({ length: size }, (_, at) => picker.pick(random, undefined, BigInt(at))!.endpoint.id);
      assert.deepEqual(
        found,
        owners.map((owner) => `127.0.0.1:${90 + owner}`),
      );
    }
  });
}

describe("another attempt", () => {
  const picker = new MaglevPicker(sharesByWeight(numbered(1, 1, 1, 1, 1, 1), 1), 7, hash64);
  const pick = (avoid: readonly string[]): string => picker.pick(random, avoid, 10n)!.endpoint.id;

  test("takes the entry that Envoy's BasicWithRetryHostPredicate takes", () => {
    assert.equal(pick([]), "127.0.0.1:91");
    assert.equal(pick(["127.0.0.1:91"]), "127.0.0.1:90");
    assert.equal(pick(["127.0.0.1:91", "127.0.0.1:90"]), "127.0.0.1:95");
  });
});

test("shares of entries are shares of weight", () => {
  const picker = new MaglevPicker(sharesByWeight(numbered(1, 2, 7), 1), 65_537, hash64);
  const counts = tally(65_537, (at) => picker.pick(random, undefined, BigInt(at)));
  const ports = { "127.0.0.1:90": 0.1, "127.0.0.1:91": 0.2, "127.0.0.1:92": 0.7 };
  for (const [id, share] of Object.entries(ports)) assert.ok(Math.abs(counts[id]! / 65_537 - share) < 0.001, id);
});

test("without a hash chance chooses by weight", () => {
  const picker = new MaglevPicker(sharesByWeight(numbered(1, 3), 1), 65_537, hash64);
  expectDistribution(10_000, () => picker.pick(random)!.endpoint.id, { "127.0.0.1:90": 1, "127.0.0.1:91": 3 });
});

test("whoever leaves moves little that it did not have", () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 20 }), fc.nat(), (size, at) => {
      const shares: readonly WeightedEndpoint<ReturnType<typeof numbered>[number]>[] = sharesByWeight(
        numbered(...Array.from({ length: size }, () => 1)),
        1,
      );
      const gone = shares[at % size]!;
      const before = new MaglevPicker(shares, 4_099, hash64);
      const after = new MaglevPicker(
        shares.filter((entry) => entry !== gone),
        4_099,
        hash64,
      );
      let moved = 0;
      for (let hash = 0n; hash < 4_099n; hash++) {
        const picked = before.pick(random, undefined, hash);
        if (picked !== gone.balanced && after.pick(random, undefined, hash) !== picked) moved += 1;
      }
      // The paper's figure 12: a small share, falling with the size of the table per endpoint.
      assert.ok(moved / 4_099 < 0.1, `${moved} of 4099 moved without need`);
    }),
    { numRuns: 20 },
  );
});
