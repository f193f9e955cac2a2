import type { MonotonicMs, RetryBudgetPolicy } from "@intramesh/core";
import { createRollingWindow } from "../window/rolling-window.ts";

/** Retries that the requests of the latest while have earned. */
export interface RetryBudget {
  /** A request has come; to be called once for each, not for its retries. */
  deposit(now: MonotonicMs): void;
  /** Takes one retry; false where none is left. */
  withdraw(now: MonotonicMs): boolean;
  /** Whole retries that are left. */
  balance(now: MonotonicMs): number;
}

/** One request in tokens: fine enough for any whole percentage. */
const depositTokens = 1_000;

/** Parts in which deposits and withdrawals lapse. */
const buckets = 10;

/** Finagle's token budget (com.twitter.finagle.service.RetryBudget): what is paid in and what is taken out lapse alike. */
export function createRetryBudget({ percent, minRetriesPerSecond, ttlMs }: RetryBudgetPolicy): RetryBudget {
  const deposited = percent === 0 ? 0 : depositTokens;
  const withdrawn = percent === 0 ? 1 : Math.floor((depositTokens * 100) / percent);
  const reserve = Math.floor((minRetriesPerSecond * ttlMs) / 1_000) * withdrawn;
  const tokens = createRollingWindow({ windowMs: ttlMs, buckets, counters: 1 });
  return {
    deposit: (now) => tokens.add(0, deposited, now),
    withdraw(now) {
      if (reserve + tokens.sum(0, now) < withdrawn) return false;
      tokens.add(0, -withdrawn, now);
      return true;
    },
    balance: (now) => Math.max(0, Math.floor((reserve + tokens.sum(0, now)) / withdrawn)),
  };
}
