import type { EndpointState, MonotonicMs } from "@intramesh/core";

/** Response header in which an instance tells its callers how busy its event loop is; callers' programs never see it. */
export const eventLoopUtilizationHeader = "x-intramesh-event-loop-utilization";

/** Milliseconds in which a report loses all but 1/e of its meaning. Event loops change faster than latencies. */
const decayMs = 5_000;

/** Above this share a loop counts as full; it keeps the cost of a busy endpoint finite. */
const fullAt = 0.95;

/** The header's value for a utilisation of 0 to 1: three decimals. */
export function formatEventLoopUtilization(utilization: number): string {
  return Math.min(1, Math.max(0, utilization)).toFixed(3);
}

/** Reads the header; undefined where it is not a number from 0 to 1. */
export function parseEventLoopUtilization(text: string): number | undefined {
  if (!/^[01](\.\d{1,6})?$/.test(text)) return undefined;
  const value = Number(text);
  return value <= 1 ? value : undefined;
}

/** Takes over what an endpoint said of itself. */
export function recordEventLoopUtilization(state: EndpointState, utilization: number, now: MonotonicMs): void {
  state.eventLoopUtilization = utilization;
  state.eventLoopUtilizationAt = now;
}

/**
 * Requests in flight over the share of the loop that is free: in a queue the wait grows with 1 ÷ (1 − utilisation).
 * An old report fades, so that an endpoint that was busy once is tried again.
 */
export function eventLoopCost(state: EndpointState, now: MonotonicMs | undefined): number {
  const age = now === undefined ? 0 : Math.max(0, now - state.eventLoopUtilizationAt);
  const busy = state.eventLoopUtilization * Math.exp(-age / decayMs);
  return (state.active + 1) / (1 - Math.min(busy, fullAt));
}
