import type {
  CircuitBreakerSpec,
  FallbackSpec,
  RateLimitSpec,
  ResiliencePolicySpec,
} from "../spec/resilience-policy.ts";

/** A breaker as written. */
export interface WrittenBreaker extends CircuitBreakerSpec {
  /** An operator's word in place of the window's. */
  readonly force?: "OPEN" | "CLOSED";
}

/** A fallback as written. */
export interface WrittenFallback extends FallbackSpec {
  /** Fallbacks at once. */
  readonly maxConcurrent?: number;
}

/** A rate limit as written. */
export interface WrittenRateLimit extends Omit<RateLimitSpec, "per"> {
  /** Who shares a bucket; absent: everybody. */
  readonly per?: "caller" | "route";
}

/** The spec of a ResiliencePolicy with every field that is executed. Durations as text. */
export interface WrittenPolicy extends Omit<ResiliencePolicySpec, "circuitBreaker" | "fallback" | "rateLimit"> {
  readonly circuitBreaker?: WrittenBreaker;
  readonly fallback?: WrittenFallback;
  readonly rateLimit?: WrittenRateLimit;
  /** Endpoints that one process balances over. */
  readonly subsetSize?: number;
}
