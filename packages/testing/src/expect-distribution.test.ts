import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { expectDistribution } from "./expect-distribution.ts";

test("an honest draw passes", () => {
  const random = seededRandom(1);
  expectDistribution(10_000, () => (random() < 0.25 ? "a" : "b"), { a: 1, b: 3 });
});

test("a wrong share is named with both counts", () => {
  const random = seededRandom(1);
  const draw = (): string => (random() < 0.5 ? "a" : "b");
  assert.throws(() => expectDistribution(10_000, draw, { a: 1, b: 3 }), /a: \d+, expected 2500 ± 217/);
});

test("a key that nobody expects is named", () => {
  assert.throws(() => expectDistribution(10, () => "c", { a: 1 }), /c: 10, expected none/);
});
