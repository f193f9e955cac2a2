import { type OutlierDetectionPolicy, parseDurationMs } from "@intramesh/core";
import type { OutlierDetectionSpec, PolicyBlock } from "../spec/destination-rule.ts";

/** What holds where a block says nothing (config/cluster/v3/outlier_detection.proto; Istio sets no others). */
const defaults = {
  consecutive5xxErrors: 5,
  consecutiveLocalOriginFailures: 5,
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionMs: 300_000,
  maxEjectionPercent: 10,
} as const;

/** Null, no block: nobody is ejected. */
export function translateOutlierDetection(block: PolicyBlock | null): OutlierDetectionPolicy | undefined {
  if (block === null) return undefined;
  // The block has been checked to have this form.
  const spec = block as OutlierDetectionSpec;
  const split = spec.splitExternalLocalOriginErrors ?? false;
  const baseEjectionMs = durationOf(spec.baseEjectionTime) ?? defaults.baseEjectionMs;
  return {
    consecutive5xxErrors: spec.consecutive5xxErrors ?? defaults.consecutive5xxErrors,
    // Envoy counts them anyway, but enforces nothing unless Istio passes a threshold on.
    consecutiveGatewayErrors: spec.consecutiveGatewayErrors ?? 0,
    consecutiveLocalOriginFailures: split
      ? (spec.consecutiveLocalOriginFailures ?? defaults.consecutiveLocalOriginFailures)
      : 0,
    splitLocalOriginErrors: split,
    httpErrorCodes: codesOf(spec.outlierDetectionHttpErrorCodes),
    intervalMs: durationOf(spec.interval) ?? defaults.intervalMs,
    baseEjectionMs,
    maxEjectionMs: Math.max(defaults.maxEjectionMs, baseEjectionMs),
    // 0 is unset in Istio's reading.
    maxEjectionPercent: spec.maxEjectionPercent || defaults.maxEjectionPercent,
    minHealthPercent: spec.minHealthPercent ?? 0,
  };
}

function codesOf(codes: readonly number[] | undefined): readonly number[] | undefined {
  return codes === undefined || codes.length === 0 ? undefined : codes;
}

function durationOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDurationMs(text);
}
