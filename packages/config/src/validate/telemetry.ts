import { checkDuration } from "./durations.ts";
import type { Place } from "./place.ts";
import { anything, fields, flag, listOf, mapOf, number, oneOf, type Shape, text } from "./shape.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";
import { checkTarget, selectorShape, type Targeted, targetShape } from "./workload-target.ts";

interface Provider {
  readonly name?: string;
}

interface TagOverride {
  readonly operation?: "UPSERT" | "REMOVE";
  readonly value?: string;
}

interface MetricOverride {
  readonly match?: { readonly metric?: string; readonly customMetric?: string; readonly mode?: string };
  readonly disabled?: boolean;
  readonly tagOverrides?: Readonly<Record<string, TagOverride>>;
}

interface Metrics {
  readonly providers?: readonly Provider[];
  readonly overrides?: readonly MetricOverride[];
  readonly reportingInterval?: string;
}

interface Tracing {
  readonly match?: { readonly mode?: string };
  readonly providers?: readonly Provider[];
  readonly randomSamplingPercentage?: number;
  readonly disableSpanReporting?: boolean;
  readonly customTags?: Readonly<Record<string, unknown>>;
  readonly useRequestIdForTraceSampling?: boolean;
  readonly enableIstioTags?: boolean;
  readonly disableContextPropagation?: boolean;
}

interface AccessLogging {
  readonly match?: { readonly mode?: string };
  readonly providers?: readonly Provider[];
  readonly disabled?: boolean;
  readonly filter?: { readonly expression?: string };
}

interface TelemetrySpec extends Targeted {
  readonly tracing?: readonly Tracing[];
  readonly metrics?: readonly Metrics[];
  readonly accessLogging?: readonly AccessLogging[];
}

const mode: Shape<"CLIENT_AND_SERVER" | "CLIENT" | "SERVER"> = oneOf("CLIENT_AND_SERVER", "CLIENT", "SERVER");
const match = fields<{ readonly mode?: string }>({ mode });
const providers = listOf(fields<Provider>({ name: text }));

const shape: Shape<TelemetrySpec> = fields<TelemetrySpec>({
  selector: selectorShape,
  targetRef: targetShape,
  targetRefs: listOf(targetShape),
  tracing: listOf(
    fields<Tracing>({
      match,
      providers,
      randomSamplingPercentage: number,
      disableSpanReporting: flag,
      customTags: mapOf(anything),
      useRequestIdForTraceSampling: flag,
      enableIstioTags: flag,
      disableContextPropagation: flag,
    }),
  ),
  metrics: listOf(
    fields<Metrics>({
      providers,
      overrides: listOf(
        fields<MetricOverride>({
          match: fields({ metric: text, customMetric: text, mode }),
          disabled: flag,
          tagOverrides: mapOf(fields<TagOverride>({ operation: oneOf("UPSERT", "REMOVE"), value: text })),
        }),
      ),
      reportingInterval: text,
    }),
  ),
  accessLogging: listOf(
    fields<AccessLogging>({ match, providers, disabled: flag, filter: fields({ expression: text }) }),
  ),
});

/** Checks Telemetry resources. */
export const telemetryCheck: SpecCheck = defineSpecCheck(shape, checkTelemetry);

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

function checkProviders(providers: readonly Provider[] | undefined, place: Place): void {
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
