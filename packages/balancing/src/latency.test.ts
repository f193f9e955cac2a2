import assert from "node:assert/strict";
import { test } from "node:test";
import { createEndpointState } from "./endpoint-state.ts";
import { latencyCost, recordLatency } from "./latency.ts";

test("a first measure is the average", () => {
  const state = createEndpointState(0);
  recordLatency(state, 20, false, 100);
  assert.equal(latencyCost(state, 100), 20);
});

test("a peak counts at once, calm as time passes", () => {
  const state = createEndpointState(0);
  recordLatency(state, 10, false, 0);
  recordLatency(state, 500, false, 1_000);
  assert.equal(state.latencyMs, 500);
  recordLatency(state, 10, false, 2_000);
  assert.ok(state.latencyMs > 400 && state.latencyMs < 500, `${state.latencyMs}`);
  recordLatency(state, 10, false, 60_000);
  assert.ok(state.latencyMs < 15, `${state.latencyMs}`);
});

test("a failure counts as slow however fast it was", () => {
  const state = createEndpointState(0);
  recordLatency(state, 1, true, 0);
  assert.equal(state.latencyMs, 1_000);
  recordLatency(state, 5_000, true, 0);
  assert.equal(state.latencyMs, 5_000);
});

test("requests in flight multiply the cost", () => {
  const state = { ...createEndpointState(0), latencyMs: 10, active: 3 };
  assert.equal(latencyCost(state, 0), 40);
});

test("what is not asked fades", () => {
  const state = { ...createEndpointState(0), latencyMs: 1_000 };
  assert.ok(latencyCost(state, 100_000) < 1);
  assert.equal(latencyCost(state, undefined), 1_000);
});

test("a newcomer is tried with one request, not with a flood", () => {
  const state = createEndpointState(0);
  assert.equal(latencyCost(state, 0), 0);
  assert.ok(latencyCost({ ...state, active: 1 }, 0) > 1e9);
});
