import { resiliencePolicy } from "../schema/resilience-policy.ts";
import type {
  CircuitBreakerSpec,
  FallbackSpec,
  ResiliencePolicySpec,
  RetryBudgetSpec,
} from "../spec/resilience-policy.ts";
import { checkDuration } from "./durations.ts";
import { findHostFault, isHostLabel } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";

/** Checks ResiliencePolicies. */
export const resiliencePolicyCheck: SpecCheck = defineSpecCheck(
  shapeOf<ResiliencePolicySpec>(resiliencePolicy.spec),
  checkResiliencePolicy,
);

function checkResiliencePolicy(spec: ResiliencePolicySpec, place: Place): void {
  const { host, subset, ...settings } = spec;
  checkTarget({ host, subset }, place);
  if (Object.keys(settings).length === 0)
    place.error("does nothing: it needs a circuitBreaker, bulkhead, fallback or another block");
  checkCircuitBreaker(spec.circuitBreaker ?? {}, place.field("circuitBreaker"));
  const { bulkhead, retryBudget, hedging, fallback, rateLimit, adaptiveConcurrency } = spec;
  if (bulkhead !== undefined) checkAtLeast(1, bulkhead.maxConcurrent, place.field("bulkhead").field("maxConcurrent"));
  if (bulkhead?.maxQueue !== undefined) checkAtLeast(0, bulkhead.maxQueue, place.field("bulkhead").field("maxQueue"));
  if (retryBudget !== undefined) checkRetryBudget(retryBudget, place.field("retryBudget"));
  if (hedging !== undefined) {
    if (hedging.delay === undefined)
      place.field("hedging").field("delay").error("is missing: say when the second try starts");
    checkDuration(hedging.delay, place.field("hedging").field("delay"));
    if (hedging.maxHedges !== undefined) checkAtLeast(1, hedging.maxHedges, place.field("hedging").field("maxHedges"));
  }
  if (fallback !== undefined) checkFallback(fallback, place.field("fallback"));
  if (rateLimit !== undefined) {
    checkAtLeast(1, rateLimit.requests, place.field("rateLimit").field("requests"));
    checkDuration(rateLimit.interval, place.field("rateLimit").field("interval"));
  }
  if (adaptiveConcurrency !== undefined) checkConcurrency(adaptiveConcurrency, place.field("adaptiveConcurrency"));
}

function checkTarget({ host, subset }: { host: string | undefined; subset: string | undefined }, place: Place): void {
  const fault = host ? findHostFault(host) : "is missing: name the host that the policy is for";
  if (fault !== undefined) place.field("host").error(fault);
  if (subset && !isHostLabel(subset)) place.field("subset").error(`"${subset}" is not a subset name: a DNS label`);
}

function checkCircuitBreaker(spec: CircuitBreakerSpec, place: Place): void {
  checkPercent(spec.errorThresholdPercentage, place.field("errorThresholdPercentage"));
  if (spec.volumeThreshold !== undefined) checkAtLeast(0, spec.volumeThreshold, place.field("volumeThreshold"));
  checkDuration(spec.rollingWindow, place.field("rollingWindow"));
  checkDuration(spec.resetTimeout, place.field("resetTimeout"));
  checkDuration(spec.timeout, place.field("timeout"));
}

function checkRetryBudget({ percent, minRetriesPerSecond, ttl }: RetryBudgetSpec, place: Place): void {
  checkPercent(percent, place.field("percent"));
  if (minRetriesPerSecond !== undefined) checkAtLeast(0, minRetriesPerSecond, place.field("minRetriesPerSecond"));
  checkDuration(ttl, place.field("ttl"));
}

function checkFallback({ respond, destination }: FallbackSpec, place: Place): void {
  if ((respond === undefined) === (destination === undefined)) place.error("needs either respond or destination");
  if (respond !== undefined) {
    const status = respond.status ?? 0;
    if (status < 200 || status > 599)
      place.field("respond").field("status").error(`${status} is not a status to answer with: 200 to 599`);
  }
  if (destination !== undefined)
    checkTarget({ host: destination.host, subset: destination.subset }, place.field("destination"));
}

function checkConcurrency({ initial, max }: { readonly initial?: number; readonly max?: number }, place: Place): void {
  if (initial !== undefined) checkAtLeast(1, initial, place.field("initial"));
  if (max !== undefined) checkAtLeast(initial ?? 1, max, place.field("max"));
}

function checkPercent(value: number | undefined, place: Place): void {
  if (value !== undefined && (value < 0 || value > 100)) place.error(`${value} is not a percentage: 0 to 100`);
}

function checkAtLeast(least: number, value: number | undefined, place: Place): void {
  if (value === undefined) place.error(`is missing: ${least} or more`);
  else if (value < least) place.error(`${value} is too low: ${least} or more`);
}
