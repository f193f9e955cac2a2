import assert from "node:assert/strict";
import { it } from "node:test";
import { findClosestName } from "./closest-name.ts";

const names = ["timeout", "retries", "match", "uri", "corsPolicy"];
const cases: readonly (readonly [typed: string, meant: string | undefined])[] = [
  ["timeOut", "timeout"],
  ["tiemout", "timeout"],
  ["retry", undefined],
  ["retires", "retries"],
  ["matches", "match"],
  ["url", "uri"],
  ["x", undefined],
  ["CORSPOLICY", "corsPolicy"],
];

for (const [typed, meant] of cases) {
  it(`${typed} ${meant === undefined ? "is close to nothing" : `probably means ${meant}`}`, () => {
    assert.equal(findClosestName(typed, names), meant);
  });
}
