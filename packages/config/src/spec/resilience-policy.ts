/* ResiliencePolicy (resilience.intramesh.io/v1alpha1): what Istio has no field for. Durations as text. */

/** A breaker that opens on the share of errors. */
export interface CircuitBreakerSpec {
  /** 0 to 100. */
  readonly errorThresholdPercentage?: number;
  /** Requests in the window below which the breaker stays closed. */
  readonly volumeThreshold?: number;
  readonly rollingWindow?: string;
  readonly resetTimeout?: string;
  readonly timeout?: string;
}

/** A ceiling for the requests that run and wait. */
export interface BulkheadSpec {
  readonly maxConcurrent?: number;
  readonly maxQueue?: number;
}

/** A ceiling for retries in relation to requests. */
export interface RetryBudgetSpec {
  /** Retries as a share of requests, 0 to 100. */
  readonly percent?: number;
  readonly minRetriesPerSecond?: number;
  readonly ttl?: string;
}

/** A second try beside a slow first one. */
export interface HedgingSpec {
  readonly delay?: string;
  readonly maxHedges?: number;
}

/** What callers get where the upstream fails: one of the two. */
export interface FallbackSpec {
  readonly respond?: {
    readonly status?: number;
    readonly body?: string;
    readonly headers?: Readonly<Record<string, string>>;
  };
  readonly destination?: { readonly host?: string; readonly subset?: string };
}

/** A token bucket. */
export interface RateLimitSpec {
  readonly requests?: number;
  readonly interval?: string;
  readonly per?: "caller";
  /** True on the server's side. */
  readonly inbound?: boolean;
}

/** The spec of a ResiliencePolicy. */
export interface ResiliencePolicySpec {
  readonly host?: string;
  readonly subset?: string;
  readonly circuitBreaker?: CircuitBreakerSpec;
  readonly bulkhead?: BulkheadSpec;
  readonly retryBudget?: RetryBudgetSpec;
  readonly hedging?: HedgingSpec;
  readonly fallback?: FallbackSpec;
  /** Identical requests in flight share one upstream call. */
  readonly collapse?: { readonly methods?: readonly string[] };
  readonly rateLimit?: RateLimitSpec;
  readonly adaptiveConcurrency?: { readonly initial?: number; readonly max?: number };
  readonly loadBalancer?: "peakEwma" | "eventLoopAware";
}
