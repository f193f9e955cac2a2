// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";
import type { TargetReference, WorkloadSelector } from "./security.ts";

/** What is measured, traced and logged. Kept and checked; spans and metrics follow the library's options. */
export interface Telemetry extends Resource<TelemetrySpec> {
  readonly apiVersion: "telemetry.istio.io/v1" | "telemetry.istio.io/v1alpha1";
  readonly kind: "Telemetry";
}

/** Workloads and what they report. */
export interface TelemetrySpec {
  /** The workloads that it is for. Default: all of the namespace. Validated only: it has no effect here. */
  readonly selector?: WorkloadSelector;
  /**
   * The resource that it is attached to. Excludes `selector`. Deprecated: use targetRefs. Validated only: it has no
   * effect here.
   * @deprecated Use targetRefs.
   */
  readonly targetRef?: TargetReference;
  /** The resources that it is attached to. Excludes `selector`. Validated only: it has no effect here. */
  readonly targetRefs?: readonly TargetReference[];
  /** Spans. Validated only: it has no effect here. */
  readonly tracing?: readonly TelemetryTracing[];
  /** Metrics. Validated only: it has no effect here. */
  readonly metrics?: readonly TelemetryMetrics[];
  /** Lines by request. Validated only: it has no effect here. */
  readonly accessLogging?: readonly TelemetryAccessLogging[];
}

/** Spans. */
export interface TelemetryTracing {
  /** On which side. Validated only: it has no effect here. */
  readonly match?: TelemetryMatch;
  /** Where spans are sent. Validated only: it has no effect here. */
  readonly providers?: readonly TelemetryProvider[];
  /** Share of the requests that is traced, 0 to 100 percent. Default: 1. Validated only: it has no effect here. */
  readonly randomSamplingPercentage?: number;
  /** Sends no spans; context is passed on. Default: false. Validated only: it has no effect here. */
  readonly disableSpanReporting?: boolean;
  /** Tags by name, not looked into. Validated only: it has no effect here. */
  readonly customTags?: Readonly<Record<string, unknown>>;
  /** Decides by `x-request-id`. Default: true. Validated only: it has no effect here. */
  readonly useRequestIdForTraceSampling?: boolean;
  /** Adds Istio's own tags. Default: true. Validated only: it has no effect here. */
  readonly enableIstioTags?: boolean;
  /** Passes no context on. Default: false. Validated only: it has no effect here. */
  readonly disableContextPropagation?: boolean;
}

/** On which side it holds. */
export interface TelemetryMatch {
  /** On which side. Default: CLIENT_AND_SERVER. Validated only: it has no effect here. */
  readonly mode?: "CLIENT_AND_SERVER" | "CLIENT" | "SERVER";
}

/** Where it is sent. */
export interface TelemetryProvider {
  /** Its name in the mesh's settings. Required. Validated only: it has no effect here. */
  readonly name?: string;
}

/** Metrics. */
export interface TelemetryMetrics {
  /** Where metrics are sent. Validated only: it has no effect here. */
  readonly providers?: readonly TelemetryProvider[];
  /** Changes, in order. Validated only: it has no effect here. */
  readonly overrides?: readonly MetricOverride[];
  /** Time between reports of TCP metrics, at least 1ms. Default: 5s. Validated only: it has no effect here. */
  readonly reportingInterval?: string;
}

/** A change of some metrics. */
export interface MetricOverride {
  /** Which metrics. Default: all. Validated only: it has no effect here. */
  readonly match?: MetricMatch;
  /** Counts nothing. Default: false. Validated only: it has no effect here. */
  readonly disabled?: boolean;
  /** Labels by name. Validated only: it has no effect here. */
  readonly tagOverrides?: Readonly<Record<string, TagOverride>>;
}

/** Which metrics: `metric` or `customMetric`. */
export interface MetricMatch {
  /** One of Istio's, such as `REQUEST_COUNT`. Default: ALL_METRICS. Validated only: it has no effect here. */
  readonly metric?: string;
  /** Any other, by its name. Validated only: it has no effect here. */
  readonly customMetric?: string;
  /** On which side. Default: CLIENT_AND_SERVER. Validated only: it has no effect here. */
  readonly mode?: "CLIENT_AND_SERVER" | "CLIENT" | "SERVER";
}

/** What becomes of a label. */
export interface TagOverride {
  /** Sets it or takes it away. Default: UPSERT. Validated only: it has no effect here. */
  readonly operation?: "UPSERT" | "REMOVE";
  /** Expression for the value. UPSERT only. Validated only: it has no effect here. */
  readonly value?: string;
}

/** Lines by request. */
export interface TelemetryAccessLogging {
  /** On which side. Validated only: it has no effect here. */
  readonly match?: TelemetryMatch;
  /** Where lines are sent. Validated only: it has no effect here. */
  readonly providers?: readonly TelemetryProvider[];
  /** Writes nothing. Default: false. Validated only: it has no effect here. */
  readonly disabled?: boolean;
  /** Which requests. Validated only: it has no effect here. */
  readonly filter?: AccessLogFilter;
}

/** Which requests are logged. */
export interface AccessLogFilter {
  /** Expression in CEL. Validated only: it has no effect here. */
  readonly expression?: string;
}
