import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Issue } from "../resource.ts";
import { Place } from "../validate/place.ts";
import { resiliencePolicyCheck } from "./check-resilience-policy.ts";

function errorsOf(spec: unknown): readonly string[] {
  const issues: Issue[] = [];
  const place = new Place(issues, "spec");
  const owner = { namespace: "default", name: "ratings" };
  if (resiliencePolicyCheck.checkShape(spec, place)) resiliencePolicyCheck.checkRules(spec, place, owner);
  return issues.map(({ path, message }) => `${path}: ${message}`);
}

it("a policy with every field is accepted", () => {
  const errors = errorsOf({
    host: "ratings",
    subset: "v2",
    circuitBreaker: {
      errorThresholdPercentage: 50,
      volumeThreshold: 20,
      rollingWindow: "10s",
      resetTimeout: "5s",
      timeout: "3s",
      force: "OPEN",
    },
    bulkhead: { maxConcurrent: 10, maxQueue: 0 },
    retryBudget: { percent: 20, minRetriesPerSecond: 10, ttl: "10s" },
    hedging: { delay: "50ms", maxHedges: 1 },
    fallback: { respond: { status: 200, body: "{}", headers: { "content-type": "a/b" } }, maxConcurrent: 5 },
    collapse: { methods: ["GET"] },
    rateLimit: { requests: 100, interval: "1s", per: "route", inbound: true },
    adaptiveConcurrency: { initial: 20, max: 200 },
    loadBalancer: "peakEwma",
    subsetSize: 5,
  });
  assert.deepEqual(errors, []);
});

it("blocks whose fields all have defaults may be empty", () => {
  const empty = { circuitBreaker: {}, retryBudget: {}, collapse: {}, adaptiveConcurrency: {} };
  assert.deepEqual(errorsOf({ host: "ratings", ...empty }), []);
});

it("everything wrong with a policy is reported", () => {
  const errors = errorsOf({
    subset: "not a label",
    circuitBreaker: { errorThresholdPercentage: 101, volumeThreshold: -1, resetTimeout: "soon" },
    bulkhead: { maxQueue: -1 },
    retryBudget: { percent: -1, ttl: "0s" },
    hedging: { maxHedges: 0 },
    fallback: { respond: { status: 200 }, destination: { host: "ratings" }, maxConcurrent: 0 },
    rateLimit: { interval: "1us" },
    adaptiveConcurrency: { initial: 20, max: 10 },
    subsetSize: 0,
  });
  assert.deepEqual(errors, [
    "spec.host: is missing: name the host that the policy is for",
    'spec.subset: "not a label" is not a subset name: a DNS label',
    "spec.circuitBreaker.errorThresholdPercentage: 101 is not a percentage: 0 to 100",
    "spec.circuitBreaker.volumeThreshold: -1 is too low: 0 or more",
    'spec.circuitBreaker.resetTimeout: "soon" is not a duration: write 1.5s, 500ms or 1m30s',
    "spec.bulkhead.maxConcurrent: is missing: 1 or more",
    "spec.bulkhead.maxQueue: -1 is too low: 0 or more",
    "spec.retryBudget.percent: -1 is not a percentage: 0 to 100",
    "spec.retryBudget.ttl: 0s is too short: at least 1ms; leave the field out for none",
    "spec.hedging.delay: is missing: say when the second try starts",
    "spec.hedging.maxHedges: 0 is too low: 1 or more",
    "spec.fallback: needs either respond or destination",
    "spec.fallback.maxConcurrent: 0 is too low: 1 or more",
    "spec.rateLimit.requests: is missing: 1 or more",
    "spec.rateLimit.interval: 1us is too short: at least 1ms; leave the field out for none",
    "spec.adaptiveConcurrency.initial: 20 is above max, 10: raise max or lower initial",
    "spec.subsetSize: 0 is too low: 1 or more",
  ]);
});

const refusals: readonly { readonly spec: object; readonly error: string }[] = [
  { spec: {}, error: "spec: does nothing: it needs a circuitBreaker, bulkhead, fallback or another block" },
  {
    spec: { circuitBreaker: { force: "open" } },
    error: 'spec.circuitBreaker.force: "open" is not one of OPEN, CLOSED',
  },
  { spec: { fallback: {} }, error: "spec.fallback: needs either respond or destination" },
  {
    spec: { fallback: { destination: {} } },
    error: "spec.fallback.destination.host: is missing: name the host that answers instead",
  },
  {
    spec: { fallback: { destination: { host: "ratings" } } },
    error: 'spec.fallback.destination: "ratings" is what failed: name another host or subset',
  },
  {
    spec: { fallback: { respond: { status: 99 } } },
    error: "spec.fallback.respond.status: 99 is not a status to answer with: 200 to 599",
  },
  {
    spec: { fallback: { respond: { status: 200, headers: { "a b": "c" } } } },
    error: 'spec.fallback.respond.headers[a b]: "a b" is not a header name',
  },
  {
    spec: { collapse: { methods: ["GET", "POST"] } },
    error: "spec.collapse.methods[1]: POST cannot be shared: only GET, HEAD, OPTIONS leave things as they are",
  },
  {
    spec: { adaptiveConcurrency: { initial: 300 } },
    error: "spec.adaptiveConcurrency.initial: 300 is above max, 200: raise max or lower initial",
  },
  { spec: { bulkhead: { maxConcurrent: 1.5 } }, error: "spec.bulkhead.maxConcurrent: 1.5 is not a whole number" },
  { spec: { subsetsize: 3 }, error: 'spec.subsetsize: unknown field "subsetsize"; did you mean subsetSize?' },
];

describe("refused is", () => {
  for (const { spec, error } of refusals) {
    it(JSON.stringify(spec), () => {
      const errors = errorsOf({ host: "ratings", ...spec });
      assert.equal(errors.length, 1, errors.join("\n"));
      assert.ok(errors[0]!.startsWith(error), errors[0]);
    });
  }
});

it("a fallback to another subset of the same host is accepted", () => {
  assert.deepEqual(errorsOf({ host: "ratings", fallback: { destination: { host: "ratings", subset: "v1" } } }), []);
});
