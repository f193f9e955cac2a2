import { telemetry } from "../schema/telemetry.ts";
import type { CustomTagSpec, MetricOverride, TelemetryProvider, TelemetrySpec } from "../spec/telemetry.ts";
import { checkDuration } from "./durations.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";
import { labelOfTag, parseTagExpression, tagExpressions } from "./tag-expression.ts";
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
    for (const [name, tag] of Object.entries(tracing.customTags ?? {}))
      checkTag(name, tag, entry.field("customTags").at(name));
  }
  for (const [at, metrics] of (spec.metrics ?? []).entries()) {
    const entry = place.field("metrics").at(at);
    checkProviders(metrics.providers, entry.field("providers"));
    checkDuration(metrics.reportingInterval, entry.field("reportingInterval"));
    for (const [index, override] of (metrics.overrides ?? []).entries())
      checkOverride(override, entry.field("overrides").at(index));
  }
  for (const [at, logging] of (spec.accessLogging ?? []).entries()) {
    const entry = place.field("accessLogging").at(at);
    checkProviders(logging.providers, entry.field("providers"));
    if (logging.filter !== undefined && !logging.filter.expression)
      entry.field("filter").field("expression").error("is missing: an expression such as response.code >= 400");
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
    if (operation === "UPSERT" && value && parseTagExpression(value) === undefined)
      entry.field("value").warn(`${value} is not understood here: ${tagExpressions} is; the label stays as it is`);
    if (labelOfTag(tag) === "le") entry.warn("le is the label of buckets: it stays as it is");
    if (operation === "REMOVE" && value) entry.error("REMOVE takes no value: drop it");
  }
}

function checkTag(name: string, tag: CustomTagSpec, place: Place): void {
  if (name === "") place.error("a tag needs a name");
  const kinds = ["literal", "environment", "header", "formatter"] as const;
  const given = kinds.filter((kind) => tag[kind] !== undefined);
  if (given.length !== 1) place.error(`one of ${kinds.join(", ")} says what the tag is; here ${given.length} do`);
  if (tag.literal !== undefined && !tag.literal.value) place.field("literal").field("value").error("is missing");
  if (tag.environment !== undefined && !tag.environment.name)
    place.field("environment").field("name").error("is missing: name the variable");
  if (tag.header !== undefined && !tag.header.name)
    place.field("header").field("name").error("is missing: name the header");
}
