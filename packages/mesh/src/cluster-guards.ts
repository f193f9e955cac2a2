import type { ResiliencePolicy } from "@intramesh/core";
import {
  type Bulkhead,
  createBulkhead,
  createGradientLimit,
  createRateLimiter,
  createRetryBudget,
  defaultHedgeBudget,
  type GradientLimit,
  type RateLimiter,
  type RetryBudget,
} from "@intramesh/resilience";
import { type Breaker, type BreakerParts, createBreaker } from "./breaker.ts";

/** What a ResiliencePolicy keeps of one cluster. Outlives configuration that leaves its settings as they are. */
export interface ClusterGuards {
  readonly policy: ResiliencePolicy | undefined;
  readonly retryBudget: RetryBudget | undefined;
  /** What hedges cost; the retry budget where there is one. */
  readonly hedgeBudget: RetryBudget | undefined;
  readonly breaker: Breaker | undefined;
  readonly bulkhead: Bulkhead | undefined;
  readonly adaptive: GradientLimit | undefined;
  readonly rateLimiter: RateLimiter | undefined;
}

export const noGuards: ClusterGuards = {
  policy: undefined,
  retryBudget: undefined,
  hedgeBudget: undefined,
  breaker: undefined,
  bulkhead: undefined,
  adaptive: undefined,
  rateLimiter: undefined,
};

/** Builds the guards of a policy; those of `before` are kept where their settings are the same, or take the new ones over. */
export function buildGuards(
  policy: ResiliencePolicy | undefined,
  before: ClusterGuards,
  parts: BreakerParts,
): ClusterGuards {
  if (policy === before.policy) return before;
  const same = (key: keyof ResiliencePolicy): boolean =>
    JSON.stringify(policy?.[key]) === JSON.stringify(before.policy?.[key]);
  if (!same("circuitBreaker")) before.breaker?.close();
  if (policy === undefined) return noGuards;
  const { retryBudget, circuitBreaker, bulkhead, adaptiveConcurrency, rateLimit, hedging } = policy;
  const retries = same("retryBudget") ? before.retryBudget : retryBudget && createRetryBudget(retryBudget);
  return {
    policy,
    retryBudget: retries,
    hedgeBudget: hedging && (retries ?? before.hedgeBudget ?? createRetryBudget(defaultHedgeBudget)),
    breaker: same("circuitBreaker") ? before.breaker : circuitBreaker && createBreaker(circuitBreaker, parts),
    bulkhead: renewed(before.bulkhead, bulkhead, createBulkhead),
    adaptive: renewed(before.adaptive, adaptiveConcurrency, createGradientLimit),
    rateLimiter: same("rateLimit") ? before.rateLimiter : rateLimit && createRateLimiter(rateLimit),
  };
}

/** What runs under a guard counts on under its new settings. */
function renewed<Policy, Guard extends { update(policy: Policy): void }>(
  guard: Guard | undefined,
  policy: Policy | undefined,
  create: (policy: Policy) => Guard,
): Guard | undefined {
  if (policy === undefined || guard === undefined) return policy && create(policy);
  guard.update(policy);
  return guard;
}
