import type { ResiliencePolicy } from "@intramesh/core";
import { createRetryBudget, type RetryBudget } from "@intramesh/resilience";

/** What a ResiliencePolicy keeps of one cluster; outlives configuration that leaves the policy as it is. */
export interface ClusterGuards {
  readonly policy: ResiliencePolicy | undefined;
  readonly retryBudget: RetryBudget | undefined;
}

export const noGuards: ClusterGuards = { policy: undefined, retryBudget: undefined };

/** Builds the guards of a policy, those of `before` kept where their settings are the same. */
export function buildGuards(policy: ResiliencePolicy | undefined, before: ClusterGuards): ClusterGuards {
  if (policy === undefined) return noGuards;
  const keep = <Key extends keyof ResiliencePolicy>(key: Key): boolean =>
    JSON.stringify(policy[key]) === JSON.stringify(before.policy?.[key]);
  const { retryBudget } = policy;
  return {
    policy,
    retryBudget: keep("retryBudget") ? before.retryBudget : retryBudget && createRetryBudget(retryBudget),
  };
}
