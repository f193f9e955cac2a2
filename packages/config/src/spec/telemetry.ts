// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";
import type { TargetReference, WorkloadSelector } from "./security.ts";

/**
 * What is traced, measured and logged of workloads. Of the mesh's root namespace, of a namespace and of selected
 * workloads; the most specific has the last word.
 */
export interface Telemetry extends Resource<TelemetrySpec> {
  readonly apiVersion: "telemetry.istio.io/v1" | "telemetry.istio.io/v1alpha1";
  readonly kind: "Telemetry";
}

/** Workloads and what they report. */
export interface TelemetrySpec {
  /** The workloads that it is for. Default: all of the namespace. */
  readonly selector?: WorkloadSelector;
  /**
   * The gateway or waypoint that it is for; there is none here. Deprecated: use targetRefs. Validated only: it has no
   * effect here.
   * @deprecated Use targetRefs.
   */
  readonly targetRef?: TargetReference;
  /** The gateways or waypoints that it is for; there are none here. Validated only: it has no effect here. */
  readonly targetRefs?: readonly TargetReference[];
  /** Spans. */
  readonly tracing?: readonly TelemetryTracing[];
  /** Metrics. */
  readonly metrics?: readonly TelemetryMetrics[];
  /** Lines by request. */
  readonly accessLogging?: readonly TelemetryAccessLogging[];
}

/** Spans. */
export interface TelemetryTracing {
  /** On which side. */
  readonly match?: TelemetryMatch;
  /** Where spans are sent: OpenTelemetry's SDK knows, by its own variables. Validated only: it has no effect here. */
  readonly providers?: readonly TelemetryProvider[];
  /**
   * Share of the traces that begin here that is kept, 0 to 100 percent. Default: what OpenTelemetry's sampler says.
   * Unlike Istio: The sampler of OpenTelemetry's SDK may leave out more, and decides alone where the field is absent:
   * Istio keeps 1 percent then.
   */
  readonly randomSamplingPercentage?: number;
  /** Makes no spans; context is passed on. Default: false. */
  readonly disableSpanReporting?: boolean;
  /** Tags by name. Those of the most specific resource, as a whole. */
  readonly customTags?: Readonly<Record<string, CustomTagSpec>>;
  /** Decides by `x-request-id`, so that all decide alike. Default: true. */
  readonly useRequestIdForTraceSampling?: boolean;
  /** Adds Istio's own tags. Default: true. */
  readonly enableIstioTags?: boolean;
  /** Passes no context on. Default: false. Unlike Istio: Headers that the program or its caller has set travel on. */
  readonly disableContextPropagation?: boolean;
}

/** On which side it holds. */
export interface TelemetryMatch {
  /** On which side. Default: CLIENT_AND_SERVER. */
  readonly mode?: "CLIENT_AND_SERVER" | "CLIENT" | "SERVER";
}

/** Where it is sent. */
export interface TelemetryProvider {
  /**
   * Its name in the mesh's settings. Required. Unlike Istio: Only `envoy`, for access logs, and `prometheus`, for
   * metrics, are; spans go where OpenTelemetry's SDK is told to send them.
   */
  readonly name?: string;
}

/** A tag: one of the four. */
export interface CustomTagSpec {
  /** The same text on each span. */
  readonly literal?: LiteralTag;
  /** From the environment of the process. */
  readonly environment?: EnvironmentTag;
  /** From the request. */
  readonly header?: HeaderTag;
  /** From an access log's format. Validated only: it has no effect here. */
  readonly formatter?: FormatterTag;
}

/** The same text on each span. */
export interface LiteralTag {
  /** The text. Required. */
  readonly value?: string;
}

/** From the environment of the process. */
export interface EnvironmentTag {
  /** Name of the variable. Required. */
  readonly name?: string;
  /** What stands where it is not set. Default: no tag. */
  readonly defaultValue?: string;
}

/** From the request. */
export interface HeaderTag {
  /** Name of the header. Required. */
  readonly name?: string;
  /** What stands where the request has none. Default: no tag. */
  readonly defaultValue?: string;
}

/** From an access log's format. */
export interface FormatterTag {
  /** Text with Envoy's operators. Validated only: it has no effect here. */
  readonly value?: string;
}

/** Metrics. */
export interface TelemetryMetrics {
  /**
   * Where metrics are sent. Default: `prometheus`. Unlike Istio: Only `prometheus` is one, each process's page:
   * overrides for others alone have no effect.
   */
  readonly providers?: readonly TelemetryProvider[];
  /** Changes, in order. */
  readonly overrides?: readonly MetricOverride[];
  /** Time between reports of TCP metrics, at least 1ms. Default: 5s. Validated only: it has no effect here. */
  readonly reportingInterval?: string;
}

/** A change of some metrics. */
export interface MetricOverride {
  /** Which metrics. Default: all. */
  readonly match?: MetricMatch;
  /** Shows nothing. Default: false. */
  readonly disabled?: boolean;
  /** Labels by name. */
  readonly tagOverrides?: Readonly<Record<string, TagOverride>>;
}

/** Which metrics: `metric` or `customMetric`. */
export interface MetricMatch {
  /**
   * One of Istio's, such as `REQUEST_COUNT`. Default: ALL_METRICS. Unlike Istio: Those of TCP and of gRPC messages are
   * not there; what is said of them has no effect.
   */
  readonly metric?: string;
  /** Any other, by its name. Validated only: it has no effect here. */
  readonly customMetric?: string;
  /** On which side. Default: CLIENT_AND_SERVER. */
  readonly mode?: "CLIENT_AND_SERVER" | "CLIENT" | "SERVER";
}

/** What becomes of a label. */
export interface TagOverride {
  /** Sets it or takes it away. Default: UPSERT. */
  readonly operation?: "UPSERT" | "REMOVE";
  /**
   * Expression for the value. UPSERT only. Unlike Istio: A text in quotes, `request.host`, `request.method`,
   * `request.scheme` or `request.headers['name']`; other expressions are warned of, and the label stays as it is.
   */
  readonly value?: string;
}

/** Lines by request. */
export interface TelemetryAccessLogging {
  /** On which side. */
  readonly match?: TelemetryMatch;
  /**
   * Where lines are sent. Default: `envoy`. Unlike Istio: `envoy` writes to standard output, or where the process's own
   * option says; others are warned of, and nothing is written for them.
   */
  readonly providers?: readonly TelemetryProvider[];
  /** Writes nothing. Default: false. */
  readonly disabled?: boolean;
  /** Which requests. */
  readonly filter?: AccessLogFilter;
}

/** Which requests are logged. */
export interface AccessLogFilter {
  /**
   * Expression in CEL over `request`, `response`, `source`, `destination` and `upstream`. Unlike Istio: One that cannot
   * be used, or names an attribute that is not known here, is warned of, and every request is logged.
   */
  readonly expression?: string;
}
