import assert from "node:assert/strict";
import { it } from "node:test";
import { translateResiliencePolicy } from "./translate-resilience-policy.ts";
import type { WrittenPolicy } from "./written-policy.ts";

const nothing = {
  circuitBreaker: undefined,
  bulkhead: undefined,
  retryBudget: undefined,
  hedging: undefined,
  fallback: undefined,
  collapse: undefined,
  rateLimit: undefined,
  inboundRateLimit: undefined,
  adaptiveConcurrency: undefined,
  loadBalancer: undefined,
  subsetSize: undefined,
};

const hystrix = {
  errorThresholdPercentage: 50,
  volumeThreshold: 20,
  rollingWindowMs: 10_000,
  resetTimeoutMs: 5_000,
  timeoutMs: undefined,
  force: undefined,
};

const cases: readonly { readonly spec: WrittenPolicy; readonly meaning: object }[] = [
  { spec: { circuitBreaker: {} }, meaning: { circuitBreaker: hystrix } },
  {
    spec: {
      circuitBreaker: {
        errorThresholdPercentage: 0,
        volumeThreshold: 0,
        rollingWindow: "1m",
        resetTimeout: "500ms",
        timeout: "3s",
        force: "CLOSED",
      },
    },
    meaning: {
      circuitBreaker: {
        errorThresholdPercentage: 0,
        volumeThreshold: 0,
        rollingWindowMs: 60_000,
        resetTimeoutMs: 500,
        timeoutMs: 3_000,
        force: "CLOSED",
      },
    },
  },
  { spec: { bulkhead: { maxConcurrent: 10 } }, meaning: { bulkhead: { maxConcurrent: 10, maxQueue: 0 } } },
  { spec: { retryBudget: {} }, meaning: { retryBudget: { percent: 20, minRetriesPerSecond: 10, ttlMs: 10_000 } } },
  { spec: { hedging: { delay: "50ms" } }, meaning: { hedging: { delayMs: 50, maxHedges: 1 } } },
  {
    spec: { fallback: { respond: { status: 200, headers: { "Content-Type": "a/b" } } } },
    meaning: {
      fallback: {
        action: { kind: "respond", status: 200, body: "", headers: { "content-type": "a/b" } },
        maxConcurrent: 10,
      },
    },
  },
  {
    spec: { fallback: { destination: { host: "stale", subset: "v1" }, maxConcurrent: 3 } },
    meaning: { fallback: { action: { kind: "destination", host: "stale.x", subset: "v1" }, maxConcurrent: 3 } },
  },
  { spec: { collapse: {} }, meaning: { collapse: { methods: ["GET"] } } },
  { spec: { collapse: { methods: [] } }, meaning: { collapse: { methods: [] } } },
  { spec: { rateLimit: { requests: 100 } }, meaning: { rateLimit: { requests: 100, intervalMs: 1_000, per: "all" } } },
  {
    spec: { rateLimit: { requests: 5, interval: "1m", per: "caller", inbound: true } },
    meaning: { inboundRateLimit: { requests: 5, intervalMs: 60_000, per: "caller" } },
  },
  { spec: { adaptiveConcurrency: {} }, meaning: { adaptiveConcurrency: { initial: 20, min: 20, max: 200 } } },
  { spec: { adaptiveConcurrency: { max: 8 } }, meaning: { adaptiveConcurrency: { initial: 8, min: 8, max: 8 } } },
  { spec: { adaptiveConcurrency: { initial: 5 } }, meaning: { adaptiveConcurrency: { initial: 5, min: 5, max: 200 } } },
  { spec: { loadBalancer: "peakEwma", subsetSize: 4 }, meaning: { loadBalancer: "peakEwma", subsetSize: 4 } },
];

for (const { spec, meaning } of cases) {
  it(`${JSON.stringify(spec)} means ${JSON.stringify(meaning)}`, () => {
    assert.deepEqual(
      translateResiliencePolicy(spec, (host) => `${host}.x`),
      { ...nothing, ...meaning },
    );
  });
}
