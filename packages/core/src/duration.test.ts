import assert from "node:assert/strict";
import { it } from "node:test";
import { parseDurationMs } from "./duration.ts";

const cases: readonly (readonly [text: string, ms: number | undefined])[] = [
  ["0", 0],
  ["0s", 0],
  ["500ms", 500],
  ["1.5s", 1_500],
  [".5s", 500],
  ["1m30s", 90_000],
  ["2h", 7_200_000],
  ["1.0005s", 1_000.5],
  ["100us", 0.1],
  ["-1s", -1_000],
  ["+1s", 1_000],
  ["", undefined],
  ["-", undefined],
  ["1", undefined],
  ["s", undefined],
  ["1 s", undefined],
  ["1s ", undefined],
  ["1d", undefined],
  ["1e3s", undefined],
];

for (const [text, ms] of cases) {
  it(`${JSON.stringify(text)} is ${ms === undefined ? "no duration" : `${ms} ms`}`, () => {
    assert.equal(parseDurationMs(text), ms);
  });
}
