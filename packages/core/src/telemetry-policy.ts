/** What the Telemetry resources say for one workload, merged as Istio merges them, and the mesh's own settings for logs. */
export interface TelemetryPolicy {
  /** `namespace/name` of the resources that it comes from: of the root namespace, of the workload's, of the workload. */
  readonly names: readonly string[];
  /** Of requests that the workload makes. */
  readonly client: SideTelemetry;
  /** Of requests that it answers. */
  readonly server: SideTelemetry;
  /** MeshConfig's `accessLogFile`, `accessLogFormat` and `accessLogEncoding`. */
  readonly meshLog: MeshAccessLog;
}

/** What is traced, logged and counted on one side. */
export interface SideTelemetry {
  readonly tracing: TracingPolicy;
  /** Undefined where no resource says anything: the mesh's settings and the process decide. Empty: nothing is logged. */
  readonly accessLog: readonly AccessLogRule[] | undefined;
  /** Changes of Istio's metrics, by their names on the page; empty where no resource says anything. */
  readonly metrics: Readonly<Record<string, MetricPolicy>>;
}

/** The Telemetry resource's `tracing`. */
export interface TracingPolicy {
  /** `randomSamplingPercentage`, 0 to 100, of traces that begin here; undefined where nobody says: the SDK decides. */
  readonly samplingPercent: number | undefined;
  /** `useRequestIdForTraceSampling`: everybody decides alike on one `x-request-id`. */
  readonly samplesByRequestId: boolean;
  /** False for `disableSpanReporting`: no spans, what came in is passed on. */
  readonly reportsSpans: boolean;
  /** `customTags` */
  readonly tags: readonly CustomTag[];
  /** `enableIstioTags` */
  readonly istioTags: boolean;
  /** False for `disableContextPropagation`: outbound requests carry no trace context of the mesh's. */
  readonly propagates: boolean;
}

/** A tag that every span gets. */
export type CustomTag =
  | { readonly kind: "literal"; readonly name: string; readonly value: string }
  /** An environment variable of the process; without it `fallback`, without that no tag. */
  | {
      readonly kind: "environment";
      readonly name: string;
      readonly variable: string;
      readonly fallback: string | undefined;
    }
  /** A request header, by lower-case name. */
  | { readonly kind: "header"; readonly name: string; readonly header: string; readonly fallback: string | undefined };

/** One of the Telemetry resource's `accessLogging`, after merging: requests that it logs. */
export interface AccessLogRule {
  /** Name of the provider; `envoy` is Istio's own. */
  readonly provider: string;
  /** Expression in CEL; undefined: every request. */
  readonly filter: string | undefined;
}

/** The Telemetry resource's `metrics.overrides` of one metric, after merging. */
export interface MetricPolicy {
  /** It has no series. */
  readonly disabled: boolean;
  /** `tagOverrides` by label: the last word on each. */
  readonly tags: Readonly<Record<string, TagChange>>;
}

/** What becomes of a label: REMOVE, or UPSERT with a value. */
export type TagChange = { readonly kind: "remove" } | { readonly kind: "set"; readonly value: TagValue };

/** The value that a label is set to. What a request lacks is `unknown`. */
export type TagValue =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "request"; readonly attribute: "host" | "method" | "scheme" }
  /** A request header, by lower-case name. */
  | { readonly kind: "header"; readonly header: string };

/** A MeshConfig's words on access logs. */
export interface MeshAccessLog {
  /** Undefined where there is none. */
  readonly file: "/dev/stdout" | "/dev/stderr" | undefined;
  /** Undefined for Envoy's default with Istio's additions. */
  readonly format: string | undefined;
  readonly encoding: "TEXT" | "JSON";
}

const plainTracing: TracingPolicy = {
  samplingPercent: undefined,
  samplesByRequestId: true,
  reportsSpans: true,
  tags: [],
  istioTags: true,
  propagates: true,
};

/** What holds where nobody has written anything. */
export const unwrittenTelemetry: TelemetryPolicy = {
  names: [],
  client: { tracing: plainTracing, accessLog: undefined, metrics: {} },
  server: { tracing: plainTracing, accessLog: undefined, metrics: {} },
  meshLog: { file: undefined, format: undefined, encoding: "TEXT" },
};
