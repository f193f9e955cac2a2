import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "@intramesh/testing";
import type { LastKnownGood } from "./last-known-good.ts";
import type { ResourceState } from "./resource-source.ts";
import { StateSaver } from "./state-saver.ts";

function stateAt(revision: string): ResourceState {
  return { resources: [], revision, description: revision, stale: false };
}

/** A memory whose writes take `costMs` of the clock's time, and fail while `broken` says so. */
function memoryOn(
  clock: FakeClock,
  costMs: number,
  broken: () => boolean = () => false,
): LastKnownGood & { readonly saved: string[] } {
  const saved: string[] = [];
  return {
    path: "/memory",
    saved,
    subscriptions: () => Promise.resolve([]),
    load: () => Promise.resolve(undefined),
    async save({ revision }) {
      clock.advance(costMs);
      if (broken()) throw new Error("disk full");
      saved.push(revision);
    },
  };
}

function ignore(): void {}

/** Lets what was begun come to its end. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a burst within a second is one write, of its newest state", async () => {
  const clock = new FakeClock();
  const memory = memoryOn(clock, 0);
  const saver = new StateSaver(memory, clock, clock, ignore);
  saver.save(stateAt("1"));
  clock.advance(0);
  await settled();
  saver.save(stateAt("2"));
  clock.advance(999);
  saver.save(stateAt("3"));
  await settled();
  assert.deepEqual(memory.saved, ["1"]);
  clock.advance(1);
  await settled();
  assert.deepEqual(memory.saved, ["1", "3"]);
});

test("a state that takes long to write is written less often", async () => {
  const clock = new FakeClock();
  const memory = memoryOn(clock, 200);
  const saver = new StateSaver(memory, clock, clock, ignore);
  saver.save(stateAt("1"));
  clock.advance(0);
  await settled();
  saver.save(stateAt("2"));
  assert.equal(clock.untilNextMs, 10_000);
});

test("a flush writes at once, and nothing where nothing is new", async () => {
  const clock = new FakeClock();
  const memory = memoryOn(clock, 0);
  const saver = new StateSaver(memory, clock, clock, ignore);
  saver.save(stateAt("1"));
  await saver.flush();
  await saver.flush();
  assert.deepEqual(memory.saved, ["1"]);
});

test("writes that fail are told once, until one works again", async () => {
  const clock = new FakeClock();
  let broken = true;
  const failures: string[] = [];
  const saver = new StateSaver(
    memoryOn(clock, 0, () => broken),
    clock,
    clock,
    (error) => failures.push(error.message),
  );
  const write = async (revision: string): Promise<void> => {
    saver.save(stateAt(revision));
    await saver.flush();
  };
  await write("1");
  await write("2");
  broken = false;
  await write("3");
  broken = true;
  await write("4");
  assert.deepEqual(failures, ["disk full", "disk full"]);
});
