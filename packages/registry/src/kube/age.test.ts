import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAge } from "./age.ts";

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Seconds, and what kubectl's own HumanDuration makes of them. */
const ages: readonly (readonly [seconds: number, text: string])[] = [
  [-1, "0s"],
  [0, "0s"],
  [119, "119s"],
  [2 * minute, "2m"],
  [3 * minute + 20, "3m20s"],
  [10 * minute + 20, "10m"],
  [3 * hour - 1, "179m"],
  [3 * hour + minute - 1, "3h"],
  [3 * hour + minute, "3h1m"],
  [8 * hour + 30 * minute, "8h"],
  [2 * day + 5 * hour, "2d5h"],
  [8 * day + 5 * hour, "8d"],
  [2 * 365 * day + day, "2y1d"],
  [8 * 365 * day + day, "8y"],
];

for (const [seconds, text] of ages) {
  test(`${seconds} s are ${text}`, () => {
    assert.equal(formatAge(seconds * 1_000), text);
  });
}
