import type { CustomTag, TracingPolicy } from "@intramesh/core";
import type { CustomTagSpec, TelemetryTracing } from "../../spec/telemetry.ts";
import { isForSide, type TelemetrySide } from "./telemetry-side.ts";

/** Of each field the last word counts, the most specific; `customTags` replace others as a whole, as in Istio. */
export function mergeTracing(entries: readonly TelemetryTracing[], side: TelemetrySide): TracingPolicy {
  const own = entries.filter(({ match }) => isForSide(match, side));
  const last = <Key extends keyof TelemetryTracing>(key: Key): TelemetryTracing[Key] | undefined =>
    own.findLast((entry) => entry[key] !== undefined)?.[key];
  return {
    samplingPercent: last("randomSamplingPercentage"),
    samplesByRequestId: last("useRequestIdForTraceSampling") ?? true,
    reportsSpans: last("disableSpanReporting") !== true,
    tags: Object.entries(last("customTags") ?? {}).flatMap(([name, tag]) => tagOf(name, tag)),
    istioTags: last("enableIstioTags") ?? true,
    propagates: last("disableContextPropagation") !== true,
  };
}

function tagOf(name: string, { literal, environment, header }: CustomTagSpec): CustomTag[] {
  if (literal !== undefined) return [{ kind: "literal", name, value: literal.value ?? "" }];
  if (environment !== undefined) {
    const { name: variable = "", defaultValue: fallback } = environment;
    return [{ kind: "environment", name, variable, fallback }];
  }
  if (header !== undefined) {
    const { name: written = "", defaultValue: fallback } = header;
    return [{ kind: "header", name, header: written.toLowerCase(), fallback }];
  }
  return [];
}
