export { type AnalysisSettings, analyze, analyzeWrite } from "./analyze/analyze.ts";
export type { Check } from "./analyze/check.ts";
export { analysisChecks } from "./analyze/checks.ts";
export { classifyIssue } from "./analyze/classify-issue.ts";
export { type AnalysisCode, analysisCodes, findAnalysisCode } from "./analyze/codes.ts";
export { destinationsOf, type NamedDestination } from "./analyze/destinations.ts";
export type { Finding } from "./analyze/finding.ts";
export { resolveHost } from "./analyze/full-host.ts";
export { resourceTitle } from "./analyze/resource-title.ts";
export { isSuppressed } from "./analyze/suppression.ts";
export { wellFormedResource } from "./analyze/well-formed-resource.ts";
export { inertKinds, isInertKind } from "./inert-kinds.ts";
export { instanceMarks } from "./instance-marks.ts";
export type { KindInfo } from "./kind-info.ts";
export { apiVersionOf, findKind, inertKindOf, kindOf, kinds } from "./kinds.ts";
export { parseInertObject } from "./parse-inert-object.ts";
export { type ParsedResource, parseResource } from "./parse-resource.ts";
export type { MeshClient } from "./policy/mesh-client.ts";
export { createMeshPolicy } from "./policy/mesh-policy.ts";
export { defaultMeshSettings, type MeshSettings } from "./policy/mesh-settings.ts";
export { type ParsedMeshSettings, parseMeshSettings } from "./policy/parse-mesh-settings.ts";
export { createPolicyBuilder, type PolicyBuilder, type ResourceUpdate } from "./policy/policy-builder.ts";
export type { PolicyUpdate } from "./policy/policy-update.ts";
export type { ResourceChanges, ResourceKey } from "./policy/resource-changes.ts";
export { accessLogFormatProblems } from "./policy/telemetry/mesh-access-log.ts";
export type { Issue, ObjectMeta, Resource, Severity } from "./resource.ts";
export { openapiSchema } from "./schema/openapi-schema.ts";
export type { JsonSchema } from "./schema/value-schema.ts";
export type { AnyResource } from "./spec/any-resource.ts";
export type {
  DestinationRule,
  DestinationRuleSpec,
  SubsetSpec,
  TrafficPolicy,
} from "./spec/destination-rule.ts";
export type { Gateway, GatewayServer, GatewaySpec } from "./spec/gateway.ts";
export type { ResiliencePolicy, ResiliencePolicySpec } from "./spec/resilience-policy.ts";
export type {
  AuthorizationPolicy,
  AuthorizationPolicySpec,
  AuthorizationRule,
  JwtRule,
  PeerAuthentication,
  PeerAuthenticationSpec,
  RequestAuthentication,
  RequestAuthenticationSpec,
  WorkloadSelector,
} from "./spec/security.ts";
export type {
  Namespace,
  NamespaceSpec,
  Service,
  ServiceEntry,
  ServiceEntrySpec,
  ServiceSpec,
  WorkloadEntry,
  WorkloadEntrySpec,
} from "./spec/service.ts";
export type { Sidecar, SidecarSpec } from "./spec/sidecar.ts";
export type { Telemetry, TelemetrySpec } from "./spec/telemetry.ts";
export type {
  Destination,
  HttpMatchRequest,
  HttpRoute,
  HttpRouteDestination,
  VirtualService,
  VirtualServiceSpec,
} from "./spec/virtual-service.ts";
