import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadHash64 } from "@intramesh/balancing";
import { clientNumber } from "./client-number.ts";

const hash64 = await loadHash64();

/** Of how many clients each subset is the first choice. */
function spread(names: readonly string[], subsets: number): readonly number[] {
  const counts = new Array<number>(subsets).fill(0);
  for (const name of names) counts[clientNumber(name, hash64) % subsets]! += 1;
  return counts;
}

/** How uneven: about `counts.length` where chance alone is at work. */
function chiSquare(counts: readonly number[]): number {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

const clients = 10_000;
const kinds: readonly [string, (at: number) => string][] = [
  ["numbered", (at) => `web-${at}`],
  ["padded", (at) => `web-v1-${at.toString(16).padStart(6, "0")}`],
  ["of a deployment", (at) => `web-7d9f8b6c5-${((at * 2_654_435_761) >>> 0).toString(36).slice(-5)}`],
];

describe("the number of a client", () => {
  for (const [kind, nameOf] of kinds) {
    for (const subsets of [2, 3, 10, 32, 100]) {
      it(`spreads instances whose names are ${kind} over ${subsets} subsets as evenly as chance`, () => {
        const counts = spread(
          Array.from({ length: clients }, (_, at) => nameOf(at)),
          subsets,
        );
        // Five standard deviations of the chi-square distribution above its mean; the names are fixed, so is the answer.
        const freedom = subsets - 1;
        assert.ok(chiSquare(counts) < freedom + 5 * Math.sqrt(2 * freedom), counts.join(" "));
      });
    }
  }

  it("stays the same for an instance", () => {
    assert.equal(clientNumber("web-1", hash64), clientNumber("web-1", hash64));
  });
});
