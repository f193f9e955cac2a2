import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { RetryBudgetPolicy } from "@intramesh/core";
import fc from "fast-check";
import { createRetryBudget, type RetryBudget } from "./retry-budget.ts";

function budgetOf(parts: Partial<RetryBudgetPolicy> = {}): RetryBudget {
  return createRetryBudget({ percent: 20, minRetriesPerSecond: 0, ttlMs: 10_000, ...parts });
}

function drain(budget: RetryBudget, now: number): number {
  let taken = 0;
  while (budget.withdraw(now)) taken += 1;
  return taken;
}

describe("a retry budget", () => {
  for (const { percent, requests, retries } of [
    { percent: 20, requests: 4, retries: 0 },
    { percent: 20, requests: 5, retries: 1 },
    { percent: 20, requests: 100, retries: 20 },
    { percent: 30, requests: 100, retries: 30 },
    { percent: 100, requests: 7, retries: 7 },
    { percent: 0, requests: 1_000, retries: 0 },
  ]) {
    it(`of ${percent} % earns ${retries} retries from ${requests} requests`, () => {
      const budget = budgetOf({ percent });
      for (let at = 0; at < requests; at++) budget.deposit(0);
      assert.equal(budget.balance(0), retries);
      assert.equal(drain(budget, 0), retries);
    });
  }

  it("allows its minimum without any request, again and again", () => {
    const budget = budgetOf({ minRetriesPerSecond: 10 });
    assert.equal(drain(budget, 0), 100);
    assert.equal(budget.withdraw(9_999), false);
    assert.equal(drain(budget, 10_000), 100);
  });

  it("allows its minimum at 0 %", () => {
    assert.equal(drain(budgetOf({ percent: 0, minRetriesPerSecond: 2 }), 0), 20);
  });

  it("lets what was earned lapse", () => {
    const budget = budgetOf();
    for (let at = 0; at < 50; at++) budget.deposit(0);
    assert.equal(budget.balance(9_999), 10);
    assert.equal(budget.balance(10_000), 0);
  });

  it("never lets retries exceed the share of the requests in reach, but for the minimum", () => {
    const steps = fc.array(fc.record({ afterMs: fc.nat(500), wantsRetry: fc.boolean() }), { maxLength: 300 });
    fc.assert(
      fc.property(steps, fc.nat(3), (requests, minRetriesPerSecond) => {
        const budget = budgetOf({ minRetriesPerSecond });
        const log: { readonly at: number; readonly retried: boolean }[] = [];
        let now = 0;
        for (const { afterMs, wantsRetry } of requests) {
          now += afterMs;
          budget.deposit(now);
          log.push({ at: now, retried: wantsRetry && budget.withdraw(now) });
          const total = log.length;
          const retries = log.filter(({ retried }) => retried).length;
          // Each reserve is spent at most once in every reach that has begun.
          const reserves = (Math.floor(now / 9_000) + 1) * minRetriesPerSecond * 10;
          assert.ok(retries <= total * 0.2 + reserves);
        }
      }),
    );
  });
});
