import assert from "node:assert/strict";
import { test } from "node:test";
import { createEndpointState } from "./endpoint-state.ts";
import {
  eventLoopCost,
  formatEventLoopUtilization,
  parseEventLoopUtilization,
  recordEventLoopUtilization,
} from "./event-loop.ts";

const texts = [
  { text: "0", value: 0 },
  { text: "0.125", value: 0.125 },
  { text: "1", value: 1 },
  { text: "1.000", value: 1 },
  { text: "1.001", value: undefined },
  { text: "2", value: undefined },
  { text: "-0.5", value: undefined },
  { text: "", value: undefined },
  { text: "NaN", value: undefined },
  { text: "0.5, 0.6", value: undefined },
];

for (const { text, value } of texts) {
  test(`"${text}" is ${value === undefined ? "no utilisation" : value}`, () => {
    assert.equal(parseEventLoopUtilization(text), value);
  });
}

test("what is written can be read", () => {
  for (const value of [0, 0.0004, 0.5, 0.9999, 1, -1, 7]) {
    const read = parseEventLoopUtilization(formatEventLoopUtilization(value))!;
    assert.ok(Math.abs(read - Math.min(1, Math.max(0, value))) <= 0.0005);
  }
});

test("a busy loop makes the expected wait up to twice as dear", () => {
  const state = { ...createEndpointState(0), latencyMs: 20, active: 1 };
  assert.equal(eventLoopCost(state, 0), 40);
  recordEventLoopUtilization(state, 0.5, 0);
  assert.equal(eventLoopCost(state, 0), 60);
  recordEventLoopUtilization(state, 1, 0);
  assert.equal(eventLoopCost(state, 0), 80);
});

test("an old report fades", () => {
  const state = { ...createEndpointState(0), latencyMs: 20 };
  recordEventLoopUtilization(state, 1, 0);
  assert.equal(eventLoopCost(state, undefined), 40);
  assert.ok(eventLoopCost({ ...state, latencyAt: 5_000 }, 5_000) === 30);
  assert.ok(eventLoopCost({ ...state, latencyAt: 60_000 }, 60_000) === 20);
});
