import { telemetry } from "../schema/telemetry.ts";
import type { MetricOverride, TelemetryProvider, TelemetrySpec } from "../spec/telemetry.ts";
import { checkDuration } from "./durations.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";
import { checkTarget } from "./workload-target.ts";

/** Checks Telemetry resources. */
export const telemetryCheck: SpecCheck = defineSpecCheck(shapeOf<TelemetrySpec>(telemetry.spec), checkTelemetry, [
  "tracing[]",
  "metrics[]",
  "accessLogging[]",
]);

function checkTelemetry(spec: TelemetrySpec, place: Place): void {
  checkTarget(spec, place);
  for (const [at, tracing] of (spec.tracing ?? []).entries()) {
    const entry = place.field("tracing").at(at);
    checkProviders(tracing.providers, entry.field("providers"));
    const percent = tracing.randomSamplingPercentage ?? 0;
    if (percent < 0 || percent > 100)
      entry.field("randomSamplingPercentage").error(`${percent} is not a percentage: 0 to 100`);
  }
  for (const [at, metrics] of (spec.metrics ?? []).entries()) {
    const entry = place.field("metrics").at(at);
    checkProviders(metrics.providers, entry.field("providers"));
    checkDuration(metrics.reportingInterval, entry.field("reportingInterval"));
    for (const [index, override] of (metrics.overrides ?? []).entries())
      checkOverride(override, entry.field("overrides").at(index));
  }
  for (const [at, logging] of (spec.accessLogging ?? []).entries()) {
    checkProviders(logging.providers, place.field("accessLogging").at(at).field("providers"));
  }
}

function checkProviders(providers: readonly TelemetryProvider[] | undefined, place: Place): void {
  for (const [at, { name }] of (providers ?? []).entries()) {
    if (!name) place.at(at).field("name").error("is missing: name the provider");
  }
}

function checkOverride({ match: metric, tagOverrides = {} }: MetricOverride, place: Place): void {
  if (metric?.customMetric === "") place.field("match").field("customMetric").error("is empty: name the metric");
  if (metric?.metric !== undefined && metric.customMetric !== undefined) {
    place.field("match").error("metric and customMetric exclude each other: keep one");
  }
  for (const [tag, { operation = "UPSERT", value }] of Object.entries(tagOverrides)) {
    const entry = place.field("tagOverrides").at(tag);
    if (operation === "UPSERT" && !value) entry.error("UPSERT needs a value: an expression for the tag");
    if (operation === "REMOVE" && value) entry.error("REMOVE takes no value: drop it");
  }
}
