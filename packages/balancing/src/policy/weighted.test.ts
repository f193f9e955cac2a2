import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { buildPicker } from "../testing/build-picker.ts";
import { endpoint, endpointsOf } from "../testing/endpoints.ts";

function counts(count: number, pick: () => string): Readonly<Record<string, number>> {
  const result: Record<string, number> = {};
  for (let at = 0; at < count; at++) {
    const id = pick();
    result[id] = (result[id] ?? 0) + 1;
  }
  return result;
}

test("shares are exact over each round, to one pick", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const picker = buildPicker("ROUND_ROBIN", endpointsOf(1, 2, 7), random);
    for (let round = 1; round <= 20; round++) {
      const { e0 = 0, e1 = 0, e2 = 0 } = counts(10, () => picker.pick(random)!.endpoint.id);
      const near = Math.abs(e0 - 1) <= 1 && Math.abs(e1 - 2) <= 1 && Math.abs(e2 - 7) <= 1;
      assert.ok(near, `seed ${seed}, round ${round}: ${e0}, ${e1}, ${e2}`);
    }
  }
});

test("a heavy endpoint does not get its picks in a row", () => {
  const random = seededRandom(1);
  const picker = buildPicker("ROUND_ROBIN", endpointsOf(5, 5, 1), random);
  let run = 0;
  let longest = 0;
  let last = "";
  for (let at = 0; at < 1_000; at++) {
    const { id } = picker.pick(random)!.endpoint;
    run = id === last ? run + 1 : 1;
    longest = Math.max(longest, run);
    last = id;
  }
  assert.ok(longest <= 2, `${longest} in a row`);
});

test("LEAST_REQUEST divides a weight by the requests in flight and one", () => {
  const random = seededRandom(1);
  // 4 ÷ (1 + 1) against 2 ÷ (0 + 1): even.
  const picker = buildPicker("LEAST_REQUEST", [endpoint("busy", 4, 1), endpoint("idle", 2)], random);
  const { busy, idle } = counts(1_000, () => picker.pick(random)!.endpoint.id);
  assert.ok(Math.abs(busy! - idle!) <= 1, `${busy} and ${idle}`);
});

test("ROUND_ROBIN does not look at the requests in flight", () => {
  const random = seededRandom(1);
  const picker = buildPicker("ROUND_ROBIN", [endpoint("busy", 3, 9), endpoint("idle", 1)], random);
  const { busy } = counts(1_000, () => picker.pick(random)!.endpoint.id);
  assert.ok(Math.abs(busy! - 750) <= 1, `${busy}`);
});

test("turns go on across rebuilds, however often they happen", () => {
  const random = seededRandom(1);
  const endpoints = endpointsOf(1, 2, 7);
  let picker = buildPicker("ROUND_ROBIN", endpoints, random);
  const { e0, e1, e2 } = counts(1_000, () => {
    picker = buildPicker("ROUND_ROBIN", [...endpoints], random, picker);
    return picker.pick(random)!.endpoint.id;
  });
  assert.ok(Math.abs(e0! - 100) <= 1 && Math.abs(e1! - 200) <= 1 && Math.abs(e2! - 700) <= 1, `${e0}, ${e1}, ${e2}`);
});

test("a new endpoint neither waits for a whole turn nor takes all picks", () => {
  const random = seededRandom(1);
  const before = buildPicker("ROUND_ROBIN", endpointsOf(1, 2), random);
  counts(100_000, () => before.pick(random)!.endpoint.id);
  const after = buildPicker("ROUND_ROBIN", endpointsOf(1, 2, 3), random, before);
  const { e2 } = counts(60, () => after.pick(random)!.endpoint.id);
  assert.ok(Math.abs(e2! - 30) <= 1, `${e2}`);
});
