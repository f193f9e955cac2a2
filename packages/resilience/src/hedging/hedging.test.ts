import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { HedgingPolicy } from "@intramesh/core";
import { createRetryBudget, type RetryBudget } from "../retry/retry-budget.ts";
import { isHedgeable, takeHedge } from "./hedging.ts";

const once: HedgingPolicy = { delayMs: 50, maxHedges: 1 };
const get = { method: "GET", copyable: true, hedges: 0 };
const budgetOf = (retries: number): RetryBudget => {
  const budget = createRetryBudget({ percent: 100, minRetriesPerSecond: 0, ttlMs: 10_000 });
  for (let at = 0; at < retries; at++) budget.deposit(0);
  return budget;
};

describe("a hedge", () => {
  for (const { method, may } of [
    { method: "GET", may: true },
    { method: "HEAD", may: true },
    { method: "PUT", may: true },
    { method: "DELETE", may: true },
    { method: "POST", may: false },
    { method: "PATCH", may: false },
    { method: "CONNECT", may: false },
  ]) {
    it(`is ${may ? "" : "not "}for ${method}`, () => {
      assert.equal(isHedgeable({ method, copyable: true }), may);
    });
  }

  it("is not for a body that can be sent but once", () => {
    assert.equal(isHedgeable({ method: "PUT", copyable: false }), false);
  });

  it("is sent as often as the policy says, not more", () => {
    const budget = budgetOf(10);
    assert.equal(takeHedge(get, once, budget, 0), true);
    assert.equal(takeHedge({ ...get, hedges: 1 }, once, budget, 0), false);
    assert.equal(takeHedge({ ...get, hedges: 1 }, { ...once, maxHedges: 2 }, budget, 0), true);
    assert.equal(budget.balance(0), 8);
  });

  it("is not sent where the budget is spent, and costs nothing where it is not sent", () => {
    assert.equal(takeHedge(get, once, budgetOf(0), 0), false);
    const budget = budgetOf(1);
    takeHedge({ ...get, method: "POST" }, once, budget, 0);
    assert.equal(budget.balance(0), 1);
  });
});
