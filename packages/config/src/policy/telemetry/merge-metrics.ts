import type { MetricPolicy, TagChange } from "@intramesh/core";
import type { MetricMatch, MetricOverride, TagOverride, TelemetryMetrics } from "../../spec/telemetry.ts";
import { labelOfTag, parseTagExpression } from "../../validate/tag-expression.ts";
import { isForSide, type TelemetrySide } from "./telemetry-side.ts";

/** Istio's names of the metrics that a process has (api's telemetry/v1alpha1), and those on its page. */
const pageNames: Readonly<Record<string, string>> = {
  REQUEST_COUNT: "istio_requests_total",
  REQUEST_DURATION: "istio_request_duration_milliseconds",
  REQUEST_SIZE: "istio_request_bytes",
  RESPONSE_SIZE: "istio_response_bytes",
};

/** The provider that a page for Prometheus is. */
const ownProvider = "prometheus";

/** The buckets of histograms have it; no tag takes its place. */
const bucketLabel = "le";

/**
 * Changes of one side by the metrics' names on the page; `entries` from the widest scope to the most specific. Overrides
 * add up, in order: of each metric the last word on `disabled` and on each tag counts. What is for other providers only is
 * left out.
 */
export function mergeMetrics(
  entries: readonly TelemetryMetrics[],
  side: TelemetrySide,
): Readonly<Record<string, MetricPolicy>> {
  const merged: Record<string, MetricPolicy> = {};
  const overrides = entries.filter(isForPage).flatMap((entry) => entry.overrides ?? []);
  for (const override of overrides) {
    if (!isForSide(override.match, side)) continue;
    for (const name of namesOf(override.match)) merged[name] = changed(merged[name], override);
  }
  return merged;
}

function isForPage({ providers = [] }: TelemetryMetrics): boolean {
  return providers.length === 0 || providers.some(({ name }) => name === ownProvider);
}

/** Metrics of TCP and of gRPC messages, and those that somebody has defined, are not there to be changed. */
function namesOf({ metric = "ALL_METRICS", customMetric }: MetricMatch = {}): readonly string[] {
  if (customMetric !== undefined) return [];
  if (metric === "ALL_METRICS") return Object.values(pageNames);
  const name = pageNames[metric];
  return name === undefined ? [] : [name];
}

function changed(before: MetricPolicy | undefined, { disabled, tagOverrides = {} }: MetricOverride): MetricPolicy {
  const tags = Object.entries(tagOverrides).flatMap(([tag, override]) => {
    const label = labelOfTag(tag);
    const change = label === bucketLabel ? undefined : changeOf(override);
    return change === undefined ? [] : [[label, change] as const];
  });
  return { disabled: disabled ?? before?.disabled ?? false, tags: { ...before?.tags, ...Object.fromEntries(tags) } };
}

/** Undefined for an expression that is not taken; who wrote it was warned. */
function changeOf({ operation = "UPSERT", value = "" }: TagOverride): TagChange | undefined {
  if (operation === "REMOVE") return { kind: "remove" };
  const parsed = parseTagExpression(value);
  return parsed && { kind: "set", value: parsed };
}
