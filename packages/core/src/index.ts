// Words

// How a cluster is balanced
export {
  type BalancingAlgorithm,
  type BalancingPolicy,
  defaultBalancing,
  type HashKey,
  type LocalityNearness,
  type LocalityPolicy,
  type LocalityShare,
  type WarmupPolicy,
} from "./balancing-policy.ts";
// Time and chance
export type { Cancel, Clock, MonotonicMs, Scheduler } from "./clock.ts";
// What resources mean
export type {
  DecidedDestination,
  DecidedMirror,
  DecidedRoute,
  Decision,
} from "./decision.ts";
export { parseDurationMs } from "./duration.ts";
export type { Endpoint, EndpointState, Labels } from "./endpoint.ts";
// The way of a request
export type { AbortReason, Exchange, RequestBody, RequestTrace, TracedAttempt, Upstream } from "./exchange.ts";
export { grpcStatusNames } from "./grpc-status.ts";
export { HeaderMap } from "./header-map.ts";
// What header values may say
export { type HeaderOperatorSyntax, headerOperators } from "./header-operators.ts";
export { type HeaderOperator, type HeaderTemplate, parseHeaderTemplate } from "./header-template.ts";
export { canonicalAddress } from "./ip-address.ts";
export { type LocalityParts, localityParts, matchesLocality } from "./locality.ts";
export { MeshError, type MeshErrorCode, type MeshErrorDetails } from "./mesh-error.ts";
export { noCeiling, noCeilings } from "./no-ceilings.ts";
export type { BodyFlow, BodySink, Outcome, ResetOutcome, ResetReason, ResponseOutcome } from "./outcome.ts";
export type {
  ClusterPolicy,
  ClusterRef,
  DestinationPolicy,
  EffectiveTrafficPolicy,
  FaultPolicy,
  ForwardAction,
  HeaderOperations,
  HeaderStep,
  MatchPolicy,
  MeshPolicy,
  MirrorPolicy,
  NamedMatch,
  NameResolution,
  PathNormalization,
  RedirectAction,
  RespondAction,
  RetryPolicy,
  RewritePolicy,
  RoutePolicy,
  ServicePolicy,
  ServicePort,
  SimpleLoadBalancer,
  StringMatch,
  VirtualHostPolicy,
  WorkloadQuery,
} from "./policy.ts";
export type { PolicyChange, Replacement } from "./policy-change.ts";
export { type Random, seededRandom } from "./random.ts";
export type { RequestFacts } from "./request-facts.ts";
export type { RequestView } from "./request-view.ts";
// What guards a cluster
export type {
  AdaptiveConcurrencyPolicy,
  BulkheadPolicy,
  CircuitBreakerPolicy,
  ConnectionPoolPolicy,
  FallbackPolicy,
  HedgingPolicy,
  OutlierDetectionPolicy,
  RateLimitPolicy,
  ResiliencePolicy,
  RetryBudgetPolicy,
  RetryCeiling,
} from "./resilience-policy.ts";
export type { ResponseFlag } from "./response-flag.ts";
export type { Filter, Service } from "./service.ts";
export type { Source, SourceListener } from "./source.ts";
export {
  type AccessLogRule,
  type CustomTag,
  type MeshAccessLog,
  type MetricPolicy,
  type SideTelemetry,
  type TagChange,
  type TagValue,
  type TelemetryPolicy,
  type TracingPolicy,
  unwrittenTelemetry,
} from "./telemetry-policy.ts";
export { VersionedHostMap } from "./versioned-host-map.ts";
export { VersionedMap } from "./versioned-map.ts";
