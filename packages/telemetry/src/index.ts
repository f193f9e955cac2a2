// Access log
export { type CompiledLogFilter, compileLogFilter, type LogFilter } from "./access-log/log-filter.ts";
export {
  type AccessLogFormat,
  compileLogFormat,
  defaultJsonFormat,
  defaultTextFormat,
} from "./access-log/log-format.ts";
export { type LogSink, openLogSink } from "./access-log/log-sink.ts";
export type { CompileOperator, LoggedRequest } from "./access-log/logged-request.ts";
// Context and propagation
export { type AmbientContext, currentContext, runInContext } from "./ambient-context.ts";
export {
  type ClusterCounter,
  type ClusterGauges,
  type ClusterMetrics,
  type ClusterStats,
  clusterCounterHelp,
  clusterGaugeHelp,
  createClusterMetrics,
} from "./cluster-metrics.ts";
// Metrics
export {
  type Edge,
  type EdgeLabels,
  edgeLabelNames,
  type RequestLabels,
  type RequestRecord,
  type RequestTags,
  requestLabelNames,
} from "./edge.ts";
export { shownGrpcStatus } from "./grpc-status.ts";
export { histogramBounds } from "./histogram.ts";
export { createIstioMetrics, defaultSeriesLimit, type IstioMetrics, otherLabel } from "./istio-metrics.ts";
export { addMeshMetrics, type MeshFacts } from "./mesh-metrics.ts";
export type { MetricRules, TagReader } from "./metric-rules.ts";
export {
  createMetricsPage,
  type MetricsPage,
  type MetricsPageOptions,
  type MetricsRegistry,
  type MetricsText,
} from "./metrics-page.ts";
export { addMissing, createHeaderGatherer, defaultPropagatedHeaders, type InboundHeaders } from "./propagation.ts";
export { isSecretHeader, redacted, withoutSecrets } from "./secrets.ts";
export { type MetricDescription, type MetricValue, SeriesMetric } from "./series-metric.ts";
// Spans
export type { ClientSpan, ClientSpanEnding, ClientSpanFacts } from "./tracing/client-span.ts";
export {
  createRequestTracer,
  type RequestTracer,
  type RequestTracerOptions,
} from "./tracing/request-tracer.ts";
export type { RootSampling, TraceRoot } from "./tracing/root-sampling.ts";
export { instrumentationShield, sdkRegistered } from "./tracing/sdk-state.ts";
export { type ServerSpan, type ServerSpanFacts, withSpanContext } from "./tracing/server-span.ts";
export { attemptEvent, type SpanOwner, spanAttributes } from "./tracing/span-attributes.ts";
