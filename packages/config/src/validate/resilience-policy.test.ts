import assert from "node:assert/strict";
import { it } from "node:test";
import { parseResource } from "../parse-resource.ts";

function errorsOf(spec: unknown): readonly string[] {
  const apiVersion = "resilience.intramesh.io/v1alpha1";
  return parseResource({ apiVersion, kind: "ResiliencePolicy", metadata: { name: "ratings" }, spec }).issues.map(
    ({ path, message }) => `${path}: ${message}`,
  );
}

it("a policy with every block is accepted", () => {
  const errors = errorsOf({
    host: "ratings",
    subset: "v2",
    circuitBreaker: {
      errorThresholdPercentage: 50,
      volumeThreshold: 20,
      rollingWindow: "10s",
      resetTimeout: "5s",
      timeout: "3s",
    },
    bulkhead: { maxConcurrent: 10, maxQueue: 0 },
    retryBudget: { percent: 20, minRetriesPerSecond: 10, ttl: "10s" },
    hedging: { delay: "50ms", maxHedges: 1 },
    fallback: { respond: { status: 200, body: "{}", headers: { "content-type": "application/json" } } },
    collapse: { methods: ["GET"] },
    rateLimit: { requests: 100, interval: "1s", per: "caller" },
    adaptiveConcurrency: { initial: 20, max: 200 },
    loadBalancer: "peakEwma",
  });
  assert.deepEqual(errors, []);
});

it("everything wrong with a policy is reported", () => {
  const errors = errorsOf({
    circuitBreaker: { errorThresholdPercentage: 101, resetTimeout: "soon" },
    bulkhead: { maxQueue: -1 },
    fallback: { respond: { status: 200 }, destination: { host: "ratings" } },
    adaptiveConcurrency: { initial: 20, max: 10 },
  });
  assert.deepEqual(errors, [
    "spec.host: is missing: name the host that the policy is for",
    "spec.circuitBreaker.errorThresholdPercentage: 101 is not a percentage: 0 to 100",
    'spec.circuitBreaker.resetTimeout: "soon" is not a duration: write 1.5s, 500ms or 1m30s',
    "spec.bulkhead.maxConcurrent: is missing: 1 or more",
    "spec.bulkhead.maxQueue: -1 is too low: 0 or more",
    "spec.fallback: needs either respond or destination",
    "spec.adaptiveConcurrency.max: 10 is too low: 20 or more",
  ]);
});
