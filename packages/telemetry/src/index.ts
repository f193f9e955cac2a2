// Context and propagation
export { type AmbientContext, currentContext, runInContext } from "./ambient-context.ts";
export {
  type ClusterCounter,
  type ClusterGauges,
  type ClusterMetrics,
  type ClusterStats,
  clusterCounterHelp,
  createClusterMetrics,
} from "./cluster-metrics.ts";
// Metrics
export { type Edge, type EdgeLabels, edgeLabelNames } from "./edge.ts";
export { createIstioMetrics, type IstioMetrics } from "./istio-metrics.ts";
export { createMetricsRegistry } from "./metrics-registry.ts";
export { addMissing, createHeaderGatherer, defaultPropagatedHeaders, type InboundHeaders } from "./propagation.ts";
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
