import {
  type AdaptiveConcurrencyPolicy,
  type CircuitBreakerPolicy,
  type FallbackPolicy,
  parseDurationMs,
  type RateLimitPolicy,
  type ResiliencePolicy,
  type RetryBudgetPolicy,
} from "@intramesh/core";
import type { RetryBudgetSpec } from "../spec/resilience-policy.ts";
import {
  defaultAdaptiveConcurrency,
  defaultBreaker,
  defaultCollapsedMethods,
  defaultMaxFallbacks,
  defaultMaxHedges,
  defaultMaxQueue,
  defaultRateIntervalMs,
  defaultRetryBudget,
} from "./defaults.ts";
import type { WrittenBreaker, WrittenFallback, WrittenPolicy, WrittenRateLimit } from "./written-policy.ts";

/** The blocks of a policy, without a word on whose they are. */
export type ResilienceBlocks = Omit<ResiliencePolicy, "names">;

/** What one checked ResiliencePolicy means. `resolve` completes a host as the resource's namespace does. */
export function translateResiliencePolicy(spec: WrittenPolicy, resolve: (host: string) => string): ResilienceBlocks {
  const { circuitBreaker, bulkhead, retryBudget, hedging, fallback, collapse, rateLimit, adaptiveConcurrency } = spec;
  const limit = rateLimit === undefined ? undefined : translateRateLimit(rateLimit);
  const isInbound = rateLimit?.inbound === true;
  return {
    circuitBreaker: circuitBreaker === undefined ? undefined : translateBreaker(circuitBreaker),
    // Required fields are there: the resource has been checked.
    bulkhead: bulkhead && {
      maxConcurrent: bulkhead.maxConcurrent!,
      maxQueue: bulkhead.maxQueue ?? defaultMaxQueue,
    },
    retryBudget: retryBudget === undefined ? undefined : translateBudget(retryBudget),
    hedging: hedging && {
      delayMs: durationOf(hedging.delay)!,
      maxHedges: hedging.maxHedges ?? defaultMaxHedges,
    },
    fallback: fallback === undefined ? undefined : translateFallback(fallback, resolve),
    collapse: collapse && { methods: collapse.methods ?? defaultCollapsedMethods },
    rateLimit: isInbound ? undefined : limit,
    inboundRateLimit: isInbound ? limit : undefined,
    adaptiveConcurrency: adaptiveConcurrency === undefined ? undefined : translateConcurrency(adaptiveConcurrency),
    loadBalancer: spec.loadBalancer,
    subsetSize: spec.subsetSize,
  };
}

function translateBreaker(spec: WrittenBreaker): CircuitBreakerPolicy {
  return {
    errorThresholdPercentage: spec.errorThresholdPercentage ?? defaultBreaker.errorThresholdPercentage,
    volumeThreshold: spec.volumeThreshold ?? defaultBreaker.volumeThreshold,
    rollingWindowMs: durationOf(spec.rollingWindow) ?? defaultBreaker.rollingWindowMs,
    resetTimeoutMs: durationOf(spec.resetTimeout) ?? defaultBreaker.resetTimeoutMs,
    timeoutMs: durationOf(spec.timeout),
    force: spec.force,
  };
}

function translateBudget(spec: RetryBudgetSpec): RetryBudgetPolicy {
  return {
    percent: spec.percent ?? defaultRetryBudget.percent,
    minRetriesPerSecond: spec.minRetriesPerSecond ?? defaultRetryBudget.minRetriesPerSecond,
    ttlMs: durationOf(spec.ttl) ?? defaultRetryBudget.ttlMs,
  };
}

function translateFallback(spec: WrittenFallback, resolve: (host: string) => string): FallbackPolicy {
  const { respond, destination, maxConcurrent = defaultMaxFallbacks } = spec;
  if (destination !== undefined) {
    const host = resolve(destination.host!);
    return { action: { kind: "destination", host, subset: destination.subset }, maxConcurrent };
  }
  const { status, body = "", headers = {} } = respond!;
  const lowered = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    action: { kind: "respond", status: status!, body, headers: Object.fromEntries(lowered) },
    maxConcurrent,
  };
}

function translateRateLimit(spec: WrittenRateLimit): RateLimitPolicy {
  return {
    requests: spec.requests!,
    intervalMs: durationOf(spec.interval) ?? defaultRateIntervalMs,
    per: spec.per ?? "all",
  };
}

/** A ceiling that was given pulls the start and the floor down with it, and so does a start the floor. */
function translateConcurrency(spec: NonNullable<WrittenPolicy["adaptiveConcurrency"]>): AdaptiveConcurrencyPolicy {
  const max = spec.max ?? defaultAdaptiveConcurrency.max;
  const initial = spec.initial ?? Math.min(defaultAdaptiveConcurrency.initial, max);
  return { initial, min: Math.min(defaultAdaptiveConcurrency.min, initial), max };
}

function durationOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDurationMs(text);
}
