import type { EndpointState, MonotonicMs } from "@intramesh/core";

/** Milliseconds in which a latency loses all but 1/e of its influence; Finagle's decayTime for peak EWMA. */
const decayMs = 10_000;

/**
 * How long a failed attempt counts as having taken at least, in milliseconds. Refused connections are the fastest
 * answers of all; without it a dead endpoint would draw all load.
 */
const failureMs = 1_000;

/** Loads that an unmeasured endpoint with requests in flight is below only if it has as many itself (Finagle's Penalty). */
const unmeasuredCost = 2 ** 40;

/** Counts the time to a response head. A peak counts at once, calm only as time passes. */
export function recordLatency(state: EndpointState, latencyMs: number, failed: boolean, now: MonotonicMs): void {
  const seen = failed ? Math.max(latencyMs, failureMs) : latencyMs;
  const kept = Math.exp(-Math.max(0, now - state.latencyAt) / decayMs);
  const average = state.latencyMs === 0 ? seen : state.latencyMs * kept + seen * (1 - kept);
  state.latencyMs = Math.max(seen, average);
  state.latencyAt = now;
}

/**
 * Peak EWMA: what a further request would wait for, were it served after those in flight. What is not asked fades, so
 * that an endpoint that was slow once is tried again.
 */
export function latencyCost(state: EndpointState, now: MonotonicMs | undefined): number {
  const { active, latencyMs } = state;
  if (latencyMs === 0) return active === 0 ? 0 : unmeasuredCost + active;
  const age = now === undefined ? 0 : Math.max(0, now - state.latencyAt);
  return latencyMs * Math.exp(-age / decayMs) * (active + 1);
}
