import assert from "node:assert/strict";
import { test } from "node:test";
import { type FaultPolicy, seededRandom } from "@intramesh/core";
import { decideFault } from "./fault.ts";

function abort(percent: number, httpStatus: number | undefined, grpcStatus?: string): FaultPolicy {
  return { delay: undefined, abort: { percent, httpStatus, grpcStatus } };
}

test("delay and abort have dice of their own", () => {
  const fault: FaultPolicy = {
    delay: { percent: 50, ms: 7_000 },
    abort: { percent: 50, httpStatus: 418, grpcStatus: undefined },
  };
  const aborted = { status: 418, grpcStatus: undefined };
  assert.deepEqual(decideFault(fault, 0.49, 0.49), { delayMs: 7_000, abort: aborted });
  assert.deepEqual(decideFault(fault, 0.49, 0.5), { delayMs: 7_000, abort: undefined });
  assert.deepEqual(decideFault(fault, 0.5, 0.49), { delayMs: undefined, abort: aborted });
  assert.deepEqual(decideFault(fault, 0.5, 0.5), { delayMs: undefined, abort: undefined });
});

test("a fault of neither kind does nothing", () => {
  const nothing = { delayMs: undefined, abort: undefined };
  assert.deepEqual(decideFault({ delay: undefined, abort: undefined }, 0, 0), nothing);
});

const shares = [
  { percent: 0, roll: 0, hit: false },
  { percent: 100, roll: 1 - Number.EPSILON, hit: true },
  { percent: 0.0001, roll: 0.0000009, hit: true },
  { percent: 0.0001, roll: 0.000001, hit: false },
  // Below the resolution of one in a million.
  { percent: 0.00009, roll: 0, hit: false },
  { percent: 33.33335, roll: 0.3333329, hit: true },
  { percent: 33.33335, roll: 0.333333, hit: false },
];

for (const { percent, roll, hit } of shares) {
  test(`${percent} % ${hit ? "hits" : "misses"} a roll of ${roll}`, () => {
    assert.equal(decideFault(abort(percent, 500), 0, roll).abort !== undefined, hit);
  });
}

test("10 % of 20,000 requests are 2,000, to 1 %", () => {
  const random = seededRandom(1);
  let hits = 0;
  for (let at = 0; at < 20_000; at++) if (decideFault(abort(10, 500), 0, random()).abort !== undefined) hits++;
  assert.ok(Math.abs(hits / 20_000 - 0.1) < 0.01, `${hits}`);
});

test("a gRPC abort is HTTP 200 with its status", () => {
  assert.deepEqual(decideFault(abort(100, undefined, "UNAVAILABLE"), 0, 0).abort, { status: 200, grpcStatus: 14 });
});

test("a gRPC abort with a status that does not exist is UNKNOWN", () => {
  assert.deepEqual(decideFault(abort(100, undefined, "BROKEN"), 0, 0).abort, { status: 200, grpcStatus: 2 });
});

test("an abort without a status aborts nothing", () => {
  assert.equal(decideFault(abort(100, undefined), 0, 0).abort, undefined);
});
