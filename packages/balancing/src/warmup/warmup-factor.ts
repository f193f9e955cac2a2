import type { EndpointState, MonotonicMs, WarmupPolicy } from "@intramesh/core";

/** Share of its weight that an endpoint gets at `now`, 0 to 1; Envoy's slow start. */
export function warmupFactor(warmup: WarmupPolicy, state: EndpointState, now: MonotonicMs): number {
  const elapsed = now - state.healthySince;
  if (elapsed >= warmup.durationMs) return 1;
  // Envoy counts the first millisecond as passed.
  const progress = Math.max(1, elapsed) / warmup.durationMs;
  const grown = warmup.aggression === 1 ? progress : progress ** (1 / warmup.aggression);
  return Math.max(grown, warmup.minimumPercent / 100, leastFactor);
}

/** Keeps the time between two turns finite where the configured minimum is 0. */
const leastFactor = 1e-4;

/** When the last of these endpoints will be warm; undefined where all are. */
export function warmAt(
  warmup: WarmupPolicy | undefined,
  endpoints: readonly { readonly state: EndpointState }[],
  now: MonotonicMs,
): MonotonicMs | undefined {
  if (warmup === undefined) return undefined;
  let last = now;
  for (const { state } of endpoints) last = Math.max(last, state.healthySince + warmup.durationMs);
  return last > now ? last : undefined;
}
