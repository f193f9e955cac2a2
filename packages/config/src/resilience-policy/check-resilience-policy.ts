import { resiliencePolicy } from "../schema/resilience-policy.ts";
import type { HedgingSpec, RetryBudgetSpec } from "../spec/resilience-policy.ts";
import { checkDuration } from "../validate/durations.ts";
import { findHostFault, isHostLabel } from "../validate/names.ts";
import type { Place } from "../validate/place.ts";
import { shapeOf } from "../validate/shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "../validate/spec-check.ts";
import { defaultAdaptiveConcurrency, defaultCollapsedMethods } from "./defaults.ts";
import type { WrittenBreaker, WrittenFallback, WrittenPolicy } from "./written-policy.ts";

/** Methods that change nothing (RFC 9110, 9.2.1) and have an answer to share. */
const sharedMethods: ReadonlySet<string> = new Set([...defaultCollapsedMethods, "HEAD", "OPTIONS"]);

/** RFC 9110 token. */
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** Form and rules of a ResiliencePolicy. */
export const resiliencePolicyCheck: SpecCheck = defineSpecCheck(
  shapeOf<WrittenPolicy>(resiliencePolicy.spec),
  checkResiliencePolicy,
  ["circuitBreaker", "bulkhead", "retryBudget", "hedging", "collapse", "rateLimit", "adaptiveConcurrency"],
);

function checkResiliencePolicy(spec: WrittenPolicy, place: Place): void {
  const { host, subset, ...settings } = spec;
  checkTarget({ host, subset }, place, "name the host that the policy is for");
  if (Object.keys(settings).length === 0)
    place.error("does nothing: it needs a circuitBreaker, bulkhead, fallback or another block");
  const { circuitBreaker, bulkhead, retryBudget, hedging, fallback, collapse, rateLimit, adaptiveConcurrency } = spec;
  if (circuitBreaker !== undefined) checkCircuitBreaker(circuitBreaker, place.field("circuitBreaker"));
  if (bulkhead !== undefined) {
    checkRequired(1, bulkhead.maxConcurrent, place.field("bulkhead").field("maxConcurrent"));
    checkAtLeast(0, bulkhead.maxQueue, place.field("bulkhead").field("maxQueue"));
  }
  if (retryBudget !== undefined) checkRetryBudget(retryBudget, place.field("retryBudget"));
  if (hedging !== undefined) checkHedging(hedging, place.field("hedging"));
  if (fallback !== undefined) checkFallback(fallback, spec, place.field("fallback"));
  if (collapse !== undefined) checkMethods(collapse.methods ?? [], place.field("collapse").field("methods"));
  if (rateLimit !== undefined) {
    checkRequired(1, rateLimit.requests, place.field("rateLimit").field("requests"));
    checkDuration(rateLimit.interval, place.field("rateLimit").field("interval"));
  }
  if (adaptiveConcurrency !== undefined) checkConcurrency(adaptiveConcurrency, place.field("adaptiveConcurrency"));
  checkAtLeast(1, spec.subsetSize, place.field("subsetSize"));
}

interface Target {
  readonly host: string | undefined;
  readonly subset: string | undefined;
}

function checkTarget({ host, subset }: Target, place: Place, wanted: string): void {
  const fault = host ? findHostFault(host) : `is missing: ${wanted}`;
  if (fault !== undefined) place.field("host").error(fault);
  if (subset !== undefined && !isHostLabel(subset))
    place.field("subset").error(`"${subset}" is not a subset name: a DNS label`);
}

function checkCircuitBreaker(spec: WrittenBreaker, place: Place): void {
  checkPercent(spec.errorThresholdPercentage, place.field("errorThresholdPercentage"));
  checkAtLeast(0, spec.volumeThreshold, place.field("volumeThreshold"));
  checkDuration(spec.rollingWindow, place.field("rollingWindow"));
  checkDuration(spec.resetTimeout, place.field("resetTimeout"));
  checkDuration(spec.timeout, place.field("timeout"));
}

function checkRetryBudget({ percent, minRetriesPerSecond, ttl }: RetryBudgetSpec, place: Place): void {
  checkPercent(percent, place.field("percent"));
  checkAtLeast(0, minRetriesPerSecond, place.field("minRetriesPerSecond"));
  checkDuration(ttl, place.field("ttl"));
}

function checkHedging({ delay, maxHedges }: HedgingSpec, place: Place): void {
  if (delay === undefined) place.field("delay").error("is missing: say when the second try starts");
  checkDuration(delay, place.field("delay"));
  checkAtLeast(1, maxHedges, place.field("maxHedges"));
}

function checkFallback(
  { respond, destination, maxConcurrent }: WrittenFallback,
  policy: WrittenPolicy,
  place: Place,
): void {
  if ((respond === undefined) === (destination === undefined)) place.error("needs either respond or destination");
  if (respond !== undefined) {
    const status = respond.status ?? 0;
    const at = place.field("respond");
    if (status < 200 || status > 599) at.field("status").error(`${status} is not a status to answer with: 200 to 599`);
    for (const name of Object.keys(respond.headers ?? {}))
      if (!headerName.test(name)) at.field("headers").at(name).error(`"${name}" is not a header name`);
  }
  if (destination !== undefined) {
    const { host, subset } = destination;
    checkTarget({ host, subset }, place.field("destination"), "name the host that answers instead");
    if (host !== undefined && host === policy.host && subset === policy.subset)
      place.field("destination").error(`"${host}" is what failed: name another host or subset`);
  }
  checkAtLeast(1, maxConcurrent, place.field("maxConcurrent"));
}

function checkMethods(methods: readonly string[], place: Place): void {
  for (const [at, method] of methods.entries()) {
    if (!sharedMethods.has(method))
      place.at(at).error(`${method} cannot be shared: only ${[...sharedMethods].join(", ")} leave things as they are`);
  }
}

function checkConcurrency({ initial, max }: { readonly initial?: number; readonly max?: number }, place: Place): void {
  checkAtLeast(1, initial, place.field("initial"));
  checkAtLeast(1, max, place.field("max"));
  const highest = max ?? defaultAdaptiveConcurrency.max;
  if (initial !== undefined && highest >= 1 && initial > highest)
    place.field("initial").error(`${initial} is above max, ${highest}: raise max or lower initial`);
}

function checkPercent(value: number | undefined, place: Place): void {
  if (value !== undefined && (value < 0 || value > 100)) place.error(`${value} is not a percentage: 0 to 100`);
}

function checkRequired(least: number, value: number | undefined, place: Place): void {
  if (value === undefined) place.error(`is missing: ${least} or more`);
  checkAtLeast(least, value, place);
}

function checkAtLeast(least: number, value: number | undefined, place: Place): void {
  if (value !== undefined && value < least) place.error(`${value} is too low: ${least} or more`);
}
