import assert from "node:assert/strict";
import { test } from "node:test";
import { loadHash64 } from "@intramesh/balancing";
import { type BalancingAlgorithm, defaultBalancing } from "@intramesh/core";
import { scenarios } from "./scenario.ts";
import { type SimulationResult, simulate } from "./simulate.ts";

const hash64 = await loadHash64();

function run(name: string, algorithm: BalancingAlgorithm, seed: number = 1): SimulationResult {
  const scenario = scenarios.find((candidate) => candidate.name === name)!;
  return simulate({ ...defaultBalancing, algorithm }, scenario, seed, hash64);
}

for (const algorithm of ["LEAST_REQUEST", "ROUND_ROBIN", "RING_HASH", "PEAK_EWMA", "EVENT_LOOP_AWARE"] as const) {
  test(`${algorithm} decides alike for the same seed, and otherwise for another`, () => {
    assert.deepEqual(run("slow", algorithm), run("slow", algorithm));
    assert.notEqual(run("slow", algorithm).log, run("slow", algorithm, 2).log);
  });
}

test("peak EWMA and least request keep a slow endpoint out of the 99th percentile's worst", () => {
  const blind = run("slow", "ROUND_ROBIN").p99;
  assert.ok(run("slow", "LEAST_REQUEST").p99 < blind / 5);
  assert.ok(run("slow", "PEAK_EWMA").p99 < blind / 5);
});

test("peak EWMA leaves a dead endpoint alone, least request runs into it", () => {
  assert.ok(run("dead", "PEAK_EWMA").failedPercent < 2);
  assert.ok(run("dead", "LEAST_REQUEST").failedPercent > run("dead", "RANDOM").failedPercent);
});

test("a balancer that hears of event loops beats one that counts its own requests where a loop is blocked", () => {
  assert.ok(run("busy loop", "EVENT_LOOP_AWARE").p99 < run("busy loop", "LEAST_REQUEST").p99 / 2);
});

test("hearing of event loops costs nothing where all endpoints are alike", () => {
  assert.ok(run("alike", "EVENT_LOOP_AWARE").p99 < run("alike", "LEAST_REQUEST").p99 * 1.1);
});
