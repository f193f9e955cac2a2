import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { loadHash64 } from "./hash64.ts";
import { highWord, lowWord, moduloOfWords, splitWords } from "./words.ts";

const hash64 = await loadHash64();

/** Published vectors of XXH64 (xxHash's specification and its language bindings). */
const vectors = [
  { text: "", seed: 0n, hash: 0xef46db3751d8e999n },
  { text: "", seed: 1n, hash: 0xd5afba1336a3be4bn },
  { text: "a", seed: 0n, hash: 0xd24ec4f1a98c6e5bn },
  { text: "abc", seed: 0n, hash: 0x44bc2cf5ad770999n },
  { text: "Nobody inspects the spammish repetition", seed: 0n, hash: 0xfbcea83c8a378bf1n },
];

for (const { text, seed, hash } of vectors) {
  test(`hash64 of "${text}" with seed ${seed} is the published one`, () => assert.equal(hash64(text, seed), hash));
}

test("the hash function is loaded once", () => assert.equal(loadHash64(), loadHash64()));

test("halves put together are the number, and its remainder is that of the whole", () => {
  const divisors = fc.integer({ min: 1, max: 5_000_011 });
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), divisors, (value, divisor) => {
      splitWords(value);
      const [high, low] = [highWord(), lowWord()];
      assert.equal((BigInt(high) << 32n) | BigInt(low), value);
      assert.equal(BigInt(moduloOfWords(high, low, divisor)), value % BigInt(divisor));
    }),
  );
});
