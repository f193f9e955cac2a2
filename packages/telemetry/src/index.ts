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
export {
  type ClientSpanFacts,
  endClientSpan,
  endServerSpan,
  type SpanEnding,
  sdkRegistered,
  startClientSpan,
  startServerSpan,
  withSpanContext,
} from "./tracing.ts";
