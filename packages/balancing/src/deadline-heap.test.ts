import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { DeadlineHeap } from "./deadline-heap.ts";

test("the first is always the one with the earliest deadline, as in a sorted list", () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = seededRandom(seed);
    const deadlines = Array.from({ length: 1 + Math.floor(random() * 40) }, random);
    const heap = new DeadlineHeap(deadlines);
    for (let turn = 0; turn < 500; turn++) {
      const earliest = Math.min(...deadlines);
      assert.equal(deadlines[heap.first], earliest, `seed ${seed}, turn ${turn}`);
      const delay = random();
      deadlines[heap.first] = earliest + delay;
      heap.postponeFirst(delay);
    }
  }
});

test("equal deadlines take turns", () => {
  const heap = new DeadlineHeap([1, 1, 1]);
  const seen = new Set<number>();
  for (let turn = 0; turn < 3; turn++) {
    seen.add(heap.first);
    heap.postponeFirst(1);
  }
  assert.equal(seen.size, 3);
});

test("the time that is left counts from the latest deadline that was met", () => {
  const heap = new DeadlineHeap([2, 5]);
  heap.postponeFirst(4);
  assert.deepEqual(
    new Map(heap.remaining()),
    new Map([
      [1, 3],
      [0, 4],
    ]),
  );
});
