import type { Attributes } from "@opentelemetry/api";

/**
 * Every attribute that the mesh writes on spans and their events: OpenTelemetry's HTTP conventions (1.45), and the tags
 * of Istio's proxies that those have no name for. `docs/reference/spans.md` describes them; a test compares.
 */
export const spanAttributes = {
  // OpenTelemetry's conventions
  clientServiceName: "client.service.name",
  errorType: "error.type",
  method: "http.request.method",
  originalMethod: "http.request.method_original",
  resendCount: "http.request.resend_count",
  status: "http.response.status_code",
  route: "http.route",
  peerAddress: "network.peer.address",
  peerPort: "network.peer.port",
  protocolVersion: "network.protocol.version",
  peerService: "peer.service",
  serverAddress: "server.address",
  serverPort: "server.port",
  serverServiceName: "server.service.name",
  urlFull: "url.full",
  urlPath: "url.path",
  urlQuery: "url.query",
  urlScheme: "url.scheme",
  userAgent: "user_agent.original",
  // Istio's and Envoy's tags
  component: "component",
  error: "error",
  grpcStatus: "grpc.status_code",
  requestId: "guid:x-request-id",
  canonicalRevision: "istio.canonical_revision",
  canonicalService: "istio.canonical_service",
  meshId: "istio.mesh_id",
  namespace: "istio.namespace",
  nodeId: "node_id",
  responseFlags: "response_flags",
  upstreamAddress: "upstream_address",
  upstreamCluster: "upstream_cluster",
  upstreamClusterName: "upstream_cluster.name",
  zone: "zone",
  // The mesh's own
  attemptDurationMs: "intramesh.attempt.duration_ms",
  attemptNumber: "intramesh.attempt.number",
  decision: "intramesh.decision",
} as const;

/** Name of the event that each attempt leaves on its request's client span. */
export const attemptEvent = "attempt";

/** The process that a span is of, in Istio's words. */
export interface SpanOwner {
  /** Id of the instance. */
  readonly nodeId: string;
  /** The label `app`. */
  readonly service: string;
  /** The label `version`. */
  readonly revision: string;
  readonly namespace: string;
  /** Istio's mesh id: the trust domain where nobody sets another. */
  readonly meshId: string;
  /** Second part of the locality; empty where unknown. */
  readonly zone: string;
}

/** Tags that are the same on every span of a process. */
export function ownerAttributes({ nodeId, service, revision, namespace, meshId, zone }: SpanOwner): Attributes {
  return {
    [spanAttributes.component]: "proxy",
    [spanAttributes.nodeId]: nodeId,
    [spanAttributes.canonicalService]: service,
    [spanAttributes.canonicalRevision]: revision,
    [spanAttributes.namespace]: namespace,
    [spanAttributes.meshId]: meshId,
    ...(zone === "" ? {} : { [spanAttributes.zone]: zone }),
  };
}

/** Methods that the conventions know; others are `_OTHER`, or clients could make up any number of them. */
const knownMethods: ReadonlySet<string> = new Set(
  "CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE".split(" "),
);

/** The request's method as the conventions write it. */
export function methodAttributes(method: string): Attributes {
  if (knownMethods.has(method)) return { [spanAttributes.method]: method };
  return { [spanAttributes.method]: "_OTHER", [spanAttributes.originalMethod]: method };
}
