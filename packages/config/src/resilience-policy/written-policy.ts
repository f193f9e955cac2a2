/* A ResiliencePolicy as written, durations as text, told apart from the policy of core that it becomes. */

export type {
  CircuitBreakerSpec as WrittenBreaker,
  FallbackSpec as WrittenFallback,
  RateLimitSpec as WrittenRateLimit,
  ResiliencePolicySpec as WrittenPolicy,
} from "../spec/resilience-policy.ts";
