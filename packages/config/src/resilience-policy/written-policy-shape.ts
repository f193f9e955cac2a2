import type { BulkheadSpec, HedgingSpec, RetryBudgetSpec } from "../spec/resilience-policy.ts";
import { fields, flag, integer, listOf, mapOf, number, oneOf, type Shape, text } from "../validate/shape.ts";
import type { WrittenBreaker, WrittenFallback, WrittenPolicy, WrittenRateLimit } from "./written-policy.ts";

/** The form of a ResiliencePolicy's spec. */
export const writtenPolicyShape: Shape<WrittenPolicy> = fields<WrittenPolicy>({
  host: text,
  subset: text,
  circuitBreaker: fields<WrittenBreaker>({
    errorThresholdPercentage: number,
    volumeThreshold: integer,
    rollingWindow: text,
    resetTimeout: text,
    timeout: text,
    force: oneOf("OPEN", "CLOSED"),
  }),
  bulkhead: fields<BulkheadSpec>({ maxConcurrent: integer, maxQueue: integer }),
  retryBudget: fields<RetryBudgetSpec>({ percent: number, minRetriesPerSecond: number, ttl: text }),
  hedging: fields<HedgingSpec>({ delay: text, maxHedges: integer }),
  fallback: fields<WrittenFallback>({
    respond: fields({ status: integer, body: text, headers: mapOf(text) }),
    destination: fields({ host: text, subset: text }),
    maxConcurrent: integer,
  }),
  collapse: fields({ methods: listOf(text) }),
  rateLimit: fields<WrittenRateLimit>({
    requests: integer,
    interval: text,
    per: oneOf("caller", "route"),
    inbound: flag,
  }),
  adaptiveConcurrency: fields({ initial: integer, max: integer }),
  loadBalancer: oneOf("peakEwma", "eventLoopAware"),
  subsetSize: integer,
});
