import type { HedgingPolicy, MonotonicMs, RetryBudgetPolicy } from "@intramesh/core";
import type { RetryBudget } from "../retry/retry-budget.ts";

/** Methods that may arrive twice (RFC 9110, 9.2.2). */
const idempotent: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** What hedges may cost where the policy has no retry budget of its own: Finagle's defaults. */
export const defaultHedgeBudget: RetryBudgetPolicy = { percent: 20, minRetriesPerSecond: 10, ttlMs: 10_000 };

/** A request that has waited for `delayMs` since its latest try. */
export interface HedgeRequest {
  readonly method: string;
  /** Whether its body can be sent beside a try that still runs. */
  readonly copyable: boolean;
  /** Tries beside the first so far. */
  readonly hedges: number;
}

/** True where a request can be hedged at all, so that a timer for it is worth its while. */
export function isHedgeable({ method, copyable }: Omit<HedgeRequest, "hedges">): boolean {
  return copyable && idempotent.has(method);
}

/** Decides on one more try beside those that run; takes it out of the budget. */
export function takeHedge(
  request: HedgeRequest,
  { maxHedges }: HedgingPolicy,
  budget: RetryBudget,
  now: MonotonicMs,
): boolean {
  return request.hedges < maxHedges && isHedgeable(request) && budget.withdraw(now);
}
