import type { EndpointState, MonotonicMs } from "@intramesh/core";
import { latencyCost } from "./latency.ts";

/** Response header in which an instance tells its callers how busy its event loop is; callers' programs never see it. */
export const eventLoopUtilizationHeader = "x-intramesh-event-loop-utilization";

/** After this many milliseconds a report means nothing any more; until then it fades evenly. */
const forgottenMs = 10_000;

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
 * What a request would wait for, as peak EWMA expects it, up to twice that where the loop is busy. The share is
 * measured over a while and by chance: a steeper price, such as 1 ÷ (1 − utilisation), sends everybody after every
 * fluctuation (`npm run bench -- simulation` shows it). An old report fades.
 */
export function eventLoopCost(state: EndpointState, now: MonotonicMs | undefined): number {
  const age = now === undefined ? 0 : Math.max(0, now - state.eventLoopUtilizationAt);
  const busy = state.eventLoopUtilization * Math.max(0, 1 - age / forgottenMs);
  return latencyCost(state, now) * (1 + busy);
}
