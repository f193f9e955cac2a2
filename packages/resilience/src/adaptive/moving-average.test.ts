import assert from "node:assert/strict";
import { test } from "node:test";
import { createMovingAverage } from "./moving-average.ts";

test("the first samples are averaged plainly", () => {
  const average = createMovingAverage(9, 3);
  assert.equal(average.value, 0);
  for (const sample of [1, 2, 6]) average.add(sample);
  assert.equal(average.value, 3);
});

test("later ones weigh two in the window and one", () => {
  const average = createMovingAverage(9, 1);
  average.add(10);
  average.add(20);
  assert.equal(average.value, 12);
});

test("scaling multiplies", () => {
  const average = createMovingAverage(9, 1);
  average.add(10);
  average.scale(0.5);
  assert.equal(average.value, 5);
});
