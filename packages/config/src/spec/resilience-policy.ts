// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";

/**
 * What Istio has no field for: circuit breakers by error rate, bulkheads, hedging, fallbacks and the like. A kind of
 * intramesh's own.
 */
export interface ResiliencePolicy extends Resource<ResiliencePolicySpec> {
  readonly apiVersion: "resilience.intramesh.io/v1alpha1";
  readonly kind: "ResiliencePolicy";
}

/** A host and at least one block for it. */
export interface ResiliencePolicySpec {
  /** The host: a short name or a full one. Required. */
  readonly host?: string;
  /** Narrows it to a subset of the host's DestinationRule. Default: all of the host. */
  readonly subset?: string;
  /** Stops calling while too many requests fail. */
  readonly circuitBreaker?: CircuitBreakerSpec;
  /** Limits requests at once. */
  readonly bulkhead?: BulkheadSpec;
  /** Limits retries to a share of requests. */
  readonly retryBudget?: RetryBudgetSpec;
  /** Starts a second try before the first has failed. */
  readonly hedging?: HedgingSpec;
  /** What to do for a request that failed. */
  readonly fallback?: FallbackSpec;
  /** Identical requests under way share one call. */
  readonly collapse?: CollapseSpec;
  /** Limits requests in a time. */
  readonly rateLimit?: RateLimitSpec;
  /** Limits requests at once by the latency. */
  readonly adaptiveConcurrency?: AdaptiveConcurrencySpec;
  /** Chooses by the latency seen, or by how busy the endpoint's event loop is. Stands above the DestinationRule's. */
  readonly loadBalancer?: "peakEwma" | "eventLoopAware";
  /** Endpoints that one process balances over, 1 or more. Default: all. */
  readonly subsetSize?: number;
}

/** Stops calling while too many requests fail. */
export interface CircuitBreakerSpec {
  /** Share of failures that opens it, 0 to 100 percent. Default: 50. */
  readonly errorThresholdPercentage?: number;
  /** Requests in the window below which it stays closed. Default: 20. */
  readonly volumeThreshold?: number;
  /** Time over which requests count, at least 1ms. Default: 10s. */
  readonly rollingWindow?: string;
  /** Time until one request may try again, at least 1ms. Default: 5s. */
  readonly resetTimeout?: string;
  /** Time after which a request counts as failed, at least 1ms. Default: none. */
  readonly timeout?: string;
  /** An operator's word in place of the window's. */
  readonly force?: "OPEN" | "CLOSED";
}

/** Requests at once. */
export interface BulkheadSpec {
  /** Requests under way, 1 or more. Required. */
  readonly maxConcurrent?: number;
  /** Requests that wait; 0 refuses at once. Default: 0. */
  readonly maxQueue?: number;
}

/** Retries as a share of requests. */
export interface RetryBudgetSpec {
  /** Share of the requests, 0 to 100 percent. Default: 20. */
  readonly percent?: number;
  /** Retries a second that are always allowed. Default: 10. */
  readonly minRetriesPerSecond?: number;
  /** Time over which requests count, at least 1ms. Default: 10s. */
  readonly ttl?: string;
}

/** A second try before the first has failed. */
export interface HedgingSpec {
  /** When the next try starts, at least 1ms. Required. */
  readonly delay?: string;
  /** Tries beside the first, 1 or more. Default: 1. */
  readonly maxHedges?: number;
}

/** What to do for a request that failed: one of the two. */
export interface FallbackSpec {
  /** Answers with this. */
  readonly respond?: FallbackResponse;
  /** Asks another host. */
  readonly destination?: FallbackDestination;
  /** Fallbacks at once, 1 or more. Default: 10. */
  readonly maxConcurrent?: number;
}

/** An answer that is ready. */
export interface FallbackResponse {
  /** HTTP status, 200 to 599. Required. */
  readonly status?: number;
  /** The body. Default: empty. */
  readonly body?: string;
  /** Headers by name. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Another host. */
export interface FallbackDestination {
  /** The host. Required. */
  readonly host?: string;
  /** A subset of it. */
  readonly subset?: string;
}

/** Identical requests under way share one call. */
export interface CollapseSpec {
  /** Methods for which they do: GET, HEAD or OPTIONS. Default: GET. */
  readonly methods?: readonly string[];
}

/** Requests in a time, counted by each process. */
export interface RateLimitSpec {
  /** Requests in one interval, 1 or more. Required. */
  readonly requests?: number;
  /** The interval, at least 1ms. Default: 1s. */
  readonly interval?: string;
  /** Counts each caller or each route apart. Default: all together. */
  readonly per?: "caller" | "route";
  /** Counts where requests come in, rather than where they go out. Default: false. */
  readonly inbound?: boolean;
}

/** A limit of requests at once that follows the latency. */
export interface AdaptiveConcurrencySpec {
  /** The limit at first, 1 or more. Default: 20, or max where that is lower. */
  readonly initial?: number;
  /** The highest limit, not below `initial`. Default: 200. */
  readonly max?: number;
}
