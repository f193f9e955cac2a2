import assert from "node:assert/strict";
import { test } from "node:test";
import { createEndpointState } from "../endpoint-state.ts";
import { warmAt, warmupFactor } from "./warmup-factor.ts";

const linear = { durationMs: 60_000, minimumPercent: 10, aggression: 1 };

const table = [
  { title: "at once the minimum", warmup: linear, elapsed: 0, factor: 0.1 },
  { title: "the minimum until time has reached it", warmup: linear, elapsed: 5_000, factor: 0.1 },
  { title: "its share of the time", warmup: linear, elapsed: 30_000, factor: 0.5 },
  { title: "everything in the end", warmup: linear, elapsed: 60_000, factor: 1 },
  { title: "everything ever after", warmup: linear, elapsed: 1e9, factor: 1 },
  { title: "the root under an aggression of 2", warmup: { ...linear, aggression: 2 }, elapsed: 15_000, factor: 0.5 },
  { title: "a trace where the minimum is 0", warmup: { ...linear, minimumPercent: 0 }, elapsed: 0, factor: 1e-4 },
];

for (const { title, warmup, elapsed, factor } of table) {
  test(`a newcomer gets ${title}`, () => {
    assert.ok(Math.abs(warmupFactor(warmup, createEndpointState(1_000), 1_000 + elapsed) - factor) < 1e-9);
  });
}

test("a set is warm when its last newcomer is", () => {
  const set = [0, 40_000, 10_000].map((since) => ({ state: createEndpointState(since) }));
  assert.equal(warmAt(linear, set, 50_000), 100_000);
  assert.equal(warmAt(linear, set, 100_000), undefined);
  assert.equal(warmAt(undefined, set, 50_000), undefined);
  assert.equal(warmAt(linear, [], 0), undefined);
});
