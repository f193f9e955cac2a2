import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { expectDistribution } from "@intramesh/testing";
import fc from "fast-check";
import type { BalancedEndpoint } from "../picker.ts";
import { numbered, tally } from "../testing/endpoints.ts";
import { weightOf } from "../weight.ts";
import { sharesByWeight } from "./build-hashing.ts";
import { loadHash64 } from "./hash64.ts";
import { RingPicker } from "./ring.ts";

const hash64 = await loadHash64();
const random = seededRandom(1);
const highest = 2n ** 64n - 1n;

function ringOf(endpoints: readonly BalancedEndpoint[], minimumSize: number, maximumSize: number = 8_388_608) {
  return new RingPicker(sharesByWeight(endpoints, 1), { minimumSize, maximumSize }, hash64);
}

describe("the ring of six endpoints with two points each stands where Envoy's own test has it", () => {
  const ring = ringOf(numbered(1, 1, 1, 1, 1, 1), 12);
  /** Positions of the points: RingHashLoadBalancerTest.Basic in Envoy's ring_hash_lb_test.cc. */
  const points = [
    { port: 94, position: 833437586790550860n },
    { port: 92, position: 928266305478181108n },
    { port: 90, position: 1033482794131418490n },
    { port: 95, position: 3551244743356806947n },
    { port: 93, position: 3851675632748031481n },
    { port: 91, position: 5583722120771150861n },
    { port: 91, position: 6311230543546372928n },
    { port: 93, position: 7700377290971790572n },
    { port: 95, position: 13144177310400110813n },
    { port: 92, position: 13444792449719432967n },
    { port: 94, position: 15516499411664133160n },
    { port: 90, position: 16117243373044804889n },
  ];
  const pick = (hash: bigint, avoid?: readonly string[]): string => ring.pick(random, avoid, hash)!.endpoint.id;

  for (const [at, { port, position }] of points.entries()) {
    const next = points[(at + 1) % points.length]!;
    test(`${position} belongs to :${port}, the number after it to :${next.port}`, () => {
      assert.equal(pick(position), `127.0.0.1:${port}`);
      assert.equal(pick(position + 1n), `127.0.0.1:${next.port}`);
    });
  }

  test("it has twelve points and closes", () => {
    assert.equal(ring.size, 12);
    assert.equal(pick(0n), "127.0.0.1:94");
    assert.equal(pick(highest), "127.0.0.1:94");
  });

  test("another attempt goes on to the next points", () => {
    assert.equal(pick(0n, ["127.0.0.1:94"]), "127.0.0.1:92");
    assert.equal(pick(0n, ["127.0.0.1:94", "127.0.0.1:92"]), "127.0.0.1:90");
  });

  test("attempts end after five shifts", () => {
    const all = numbered(1, 1, 1, 1, 1, 1).map(({ endpoint }) => endpoint.id);
    assert.equal(pick(0n, all), "127.0.0.1:91");
  });
});

test("weights 1, 2 and 3 give the counts of Envoy's HostWeightedLargeRing", () => {
  const ring = ringOf(numbered(1, 2, 3), 6144);
  assert.equal(ring.size, 6144);
  const counts = tally(6000, (at) => ring.pick(random, undefined, BigInt(at) * (highest / 6000n)));
  assert.deepEqual(counts, { "127.0.0.1:90": 987, "127.0.0.1:91": 1932, "127.0.0.1:92": 3081 });
});

test("a ring of an odd size gives the counts of Envoy's LargeFractionalScale", () => {
  const ring = ringOf(numbered(1, 1), 1023, 1023);
  assert.equal(ring.size, 1023);
  const counts = tally(1023, (at) => ring.pick(random, undefined, BigInt(at) * (highest / 1023n)));
  assert.deepEqual(counts, { "127.0.0.1:90": 526, "127.0.0.1:91": 497 });
});

test("a ring smaller than its endpoints leaves some of them out", () => {
  const ring = ringOf(numbered(1, 1, 1, 1), 2, 2);
  const counts = tally(1024, (at) => ring.pick(random, undefined, BigInt(at) * (highest / 1024n)));
  assert.equal(Object.keys(counts).length, 2);
});

test("without a hash chance chooses by weight", () => {
  const ring = ringOf(numbered(1, 3), 65_536);
  expectDistribution(10_000, () => ring.pick(random)!.endpoint.id, { "127.0.0.1:90": 1, "127.0.0.1:91": 3 });
});

test("whoever leaves moves only the requests that it had", () => {
  const sizes = fc.integer({ min: 2, max: 12 });
  fc.assert(
    fc.property(
      sizes,
      fc.nat(),
      fc.array(fc.bigInt({ min: 0n, max: highest }), { minLength: 50 }),
      (size, at, hashes) => {
        const all = numbered(...Array.from({ length: size }, () => 1));
        const gone = all[at % size]!;
        const before = ringOf(all, size * 40);
        // The same number of points each, so that no point moves.
        const after = ringOf(
          all.filter((balanced) => balanced !== gone),
          (size - 1) * 40,
        );
        for (const hash of hashes) {
          const picked = before.pick(random, undefined, hash)!;
          if (picked !== gone) assert.equal(after.pick(random, undefined, hash), picked);
        }
      },
    ),
    { numRuns: 50 },
  );
});

test("points are in proportion to weights", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 10 }), (weights) => {
      const endpoints = numbered(...weights);
      const least = Math.min(...weights);
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      const ring = ringOf(endpoints, 1024);
      const perLightest = Math.ceil((least / total) * 1024);
      assert.ok(Math.abs(ring.size - (perLightest * total) / least) <= 1);
      assert.ok(endpoints.every((balanced) => weightOf(balanced) >= least));
    }),
    { numRuns: 30 },
  );
});
