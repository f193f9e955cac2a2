import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ConnectionPoolPolicy } from "@intramesh/core";
import type { TrafficPolicy } from "../spec/destination-rule.ts";
import { findRetryBudget, translateConnectionPool } from "./translate-connection-pool.ts";

const none = 2 ** 32 - 1;

function translate(connectionPool: Readonly<Record<string, unknown>> | null): ConnectionPoolPolicy | undefined {
  return translateConnectionPool({ connectionPool, retryBudget: undefined, connectTimeoutMs: 10_000 });
}

describe("connectionPool", () => {
  it("that nobody wrote has no ceilings", () => {
    assert.equal(translate(null), undefined);
  });

  it("has Istio's defaults where it says nothing", () => {
    assert.deepEqual(translate({ tcp: {} }), {
      maxConnections: none,
      maxPendingRequests: none,
      maxRequests: none,
      retries: { kind: "fixed", max: none },
      maxRequestsPerConnection: none,
      connectTimeoutMs: 10_000,
      idleTimeoutMs: undefined,
      maxConnectionDurationMs: undefined,
      keepAlive: undefined,
      http2: {
        upgrade: "DEFAULT",
        useClientProtocol: false,
        maxConcurrentStreams: none,
        pingIntervalMs: undefined,
        pingTimeoutMs: undefined,
      },
    });
  });

  const cases: readonly { readonly block: Readonly<Record<string, unknown>>; readonly meaning: object }[] = [
    {
      block: { tcp: { maxConnections: 100, connectTimeout: "30ms" } },
      meaning: { maxConnections: 100, connectTimeoutMs: 30 },
    },
    { block: { tcp: { maxConnections: 0 } }, meaning: { maxConnections: none } },
    { block: { http: { http1MaxPendingRequests: 1 } }, meaning: { maxPendingRequests: 1 } },
    { block: { http: { http2MaxRequests: 1_000 } }, meaning: { maxRequests: 1_000 } },
    { block: { http: { maxRetries: 3 } }, meaning: { retries: { kind: "fixed", max: 3 } } },
    { block: { http: { maxRequestsPerConnection: 1 } }, meaning: { maxRequestsPerConnection: 1 } },
    { block: { tcp: { idleTimeout: "5s" } }, meaning: { idleTimeoutMs: 5_000 } },
    { block: { tcp: { idleTimeout: "5s" }, http: { idleTimeout: "7s" } }, meaning: { idleTimeoutMs: 7_000 } },
    { block: { tcp: { idleTimeout: "0s" } }, meaning: { idleTimeoutMs: 0 } },
    { block: { tcp: { maxConnectionDuration: "1m" } }, meaning: { maxConnectionDurationMs: 60_000 } },
    {
      block: { tcp: { tcpKeepalive: { probes: 3, time: "7200s" } } },
      meaning: { keepAlive: { probes: 3, timeMs: 7_200_000, intervalMs: undefined } },
    },
    {
      block: { http: { h2UpgradePolicy: "UPGRADE", maxConcurrentStreams: 5, http2KeepAlive: { interval: "1s" } } },
      meaning: {
        http2: {
          upgrade: "UPGRADE",
          useClientProtocol: false,
          maxConcurrentStreams: 5,
          pingIntervalMs: 1_000,
          pingTimeoutMs: undefined,
        },
      },
    },
  ];

  for (const { block, meaning } of cases) {
    it(`${JSON.stringify(block)} means ${JSON.stringify(meaning)}`, () => {
      assert.deepEqual(translate(block), { ...translate({}), ...meaning });
    });
  }
});

describe("retryBudget", () => {
  const translateBudget = (
    retryBudget: Readonly<Record<string, unknown>>,
  ): ConnectionPoolPolicy["retries"] | undefined =>
    translateConnectionPool({
      connectionPool: { http: { maxRetries: 3 } },
      retryBudget,
      connectTimeoutMs: 10_000,
    })?.retries;

  it("takes the place of maxRetries", () => {
    assert.deepEqual(translateBudget({}), { kind: "budget", percent: 20, minConcurrency: 3, intervalMs: 0 });
  });

  it("is taken as written, zeros too", () => {
    assert.deepEqual(translateBudget({ percent: 0, minRetryConcurrency: 0, budgetInterval: "10s" }), {
      kind: "budget",
      percent: 0,
      minConcurrency: 0,
      intervalMs: 10_000,
    });
  });

  it("is a ceiling of its own where there is no connectionPool", () => {
    const policy = translateConnectionPool({ connectionPool: null, retryBudget: {}, connectTimeoutMs: 10_000 });
    assert.deepEqual([policy?.retries.kind, policy?.maxRequests], ["budget", none]);
  });

  const budget = (percent: number): TrafficPolicy => ({ retryBudget: { percent } });
  const port = { portLevelSettings: [{ port: { number: 80 } }] };

  for (const { title, rule, subset, percent } of [
    { title: "comes from the rule", rule: budget(10), subset: undefined, percent: 10 },
    { title: "comes from the subset first", rule: budget(10), subset: budget(30), percent: 30 },
    {
      title: "is lost under settings of the rule for the port",
      rule: { ...budget(10), ...port },
      subset: {},
      percent: undefined,
    },
    { title: "survives settings of the subset for the port", rule: budget(10), subset: port, percent: 10 },
    {
      title: "of a subset survives settings of the rule for the port",
      rule: { ...budget(10), ...port },
      subset: budget(30),
      percent: 30,
    },
  ]) {
    it(title, () => {
      assert.equal(findRetryBudget(rule, subset, 80)?.["percent"], percent);
    });
  }
});
