import type { BalancingPolicy, HashKey } from "./balancing-policy.ts";
import type { Endpoint, Labels } from "./endpoint.ts";
import type { ConnectionPoolPolicy, OutlierDetectionPolicy, ResiliencePolicy } from "./resilience-policy.ts";
import type { TelemetryPolicy } from "./telemetry-policy.ts";

/*
 * What resources mean, complete and defaulted. `undefined` says "none"; nothing downstream applies a default.
 * `config` makes these out of Istio's resources, `routing` and `mesh` compile and execute them.
 */

/** Istio's StringMatch. `present` is a header that only has to be there. */
export type StringMatch =
  | { readonly kind: "exact"; readonly value: string }
  | { readonly kind: "prefix"; readonly value: string }
  /** RE2 syntax, must cover the whole value. */
  | { readonly kind: "regex"; readonly value: string }
  | { readonly kind: "present" };

/** A rule for one header or query parameter. */
export interface NamedMatch {
  /** Header name in lower case, or query parameter name. */
  readonly name: string;
  readonly match: StringMatch;
}

/** One entry of `http[].match[]`: everything in it must hold. */
export interface MatchPolicy {
  /** Position in the root VirtualService's `match[]`. */
  readonly index: number;
  readonly name: string | undefined;
  /** Why this entry can never apply to this client (its sourceLabels, gateways …); undefined where it can. */
  readonly excluded: string | undefined;
  readonly port: number | undefined;
  readonly uri: StringMatch | undefined;
  readonly ignoreUriCase: boolean;
  readonly scheme: StringMatch | undefined;
  readonly method: StringMatch | undefined;
  readonly authority: StringMatch | undefined;
  readonly headers: readonly NamedMatch[];
  readonly withoutHeaders: readonly NamedMatch[];
  readonly queryParams: readonly NamedMatch[];
}

/** Istio's `HeaderOperations`, as written. */
export interface HeaderOperations {
  readonly set: Readonly<Record<string, string>>;
  readonly add: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

/** One step of a header change, in the order of execution. */
export type HeaderStep =
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "set" | "add"; readonly name: string; readonly value: string };

/** Names a cluster: what requests are balanced over. */
export interface ClusterRef {
  /** Fully qualified host. */
  readonly host: string;
  readonly port: number;
  readonly subset: string | undefined;
}

/** One entry of `http[].route[]`. */
export interface DestinationPolicy {
  readonly host: string;
  /** Undefined: the port that the caller used. */
  readonly port: number | undefined;
  readonly subset: string | undefined;
  /** As configured; the share is weight ÷ sum of weights, a single destination takes everything. */
  readonly weight: number;
  /** Share of the requests, 0 to 100. */
  readonly percent: number;
  /** The destination's own operations, as written. */
  readonly requestHeaders: HeaderOperations;
  readonly responseHeaders: HeaderOperations;
  /** Operations of route and destination, joined in Istio's order, Host left out. */
  readonly requestSteps: readonly HeaderStep[];
  readonly responseSteps: readonly HeaderStep[];
  /** The authority to send: rewrite.authority, else a Host set by route or destination; undefined: as called. */
  readonly authority: string | undefined;
}

/** `http[].rewrite` of the path; the authority is each destination's. */
export type RewritePolicy =
  /** Replaces the matched prefix, or the whole path of an exact or regex match. */
  | { readonly kind: "uri"; readonly uri: string }
  | { readonly kind: "regex"; readonly match: string; readonly rewrite: string };

/** `http[].retries`, with the mesh's defaults filled in. */
export interface RetryPolicy {
  /** Retries after the first attempt; 0 is off. */
  readonly attempts: number;
  readonly perTryTimeoutMs: number | undefined;
  readonly retryOn: readonly string[];
  readonly retriableStatusCodes: readonly number[];
  readonly backoffMs: { readonly base: number; readonly max: number };
  readonly ignorePreviousHosts: boolean;
  readonly remoteLocalities: boolean;
}

/** `http[].fault`: the delay comes first, each has dice of its own. Percentages are 0 to 100. */
export interface FaultPolicy {
  readonly delay: { readonly percent: number; readonly ms: number } | undefined;
  readonly abort:
    | { readonly percent: number; readonly httpStatus: number | undefined; readonly grpcStatus: string | undefined }
    | undefined;
}

/** One entry of `http[].mirrors[]`; the older `mirror` is one too. */
export interface MirrorPolicy {
  readonly host: string;
  readonly port: number | undefined;
  readonly subset: string | undefined;
  /** 0 to 100. */
  readonly percent: number;
}

/** The request goes to one of the destinations, drawn by weight. */
export interface ForwardAction {
  readonly kind: "forward";
  readonly destinations: readonly DestinationPolicy[];
  readonly rewrite: RewritePolicy | undefined;
  readonly mirrors: readonly MirrorPolicy[];
}

/** `http[].redirect`. What is undefined stays as the request has it. */
export interface RedirectAction {
  readonly kind: "redirect";
  readonly uri: string | undefined;
  readonly prefixRewrite: string | undefined;
  readonly authority: string | undefined;
  readonly scheme: string | undefined;
  readonly port: number | undefined;
  readonly derivePort: "FROM_PROTOCOL_DEFAULT" | "FROM_REQUEST_PORT" | undefined;
  readonly status: number;
}

/** `http[].directResponse`. */
export interface RespondAction {
  readonly kind: "respond";
  readonly status: number;
  readonly body: string;
}

/** One entry of `http[]`, complete. */
export interface RoutePolicy {
  /** `namespace/name` of the root VirtualService; undefined for a route that no VirtualService wrote. */
  readonly virtualService: string | undefined;
  /** Position in the root VirtualService's `http[]`. */
  readonly index: number;
  /** `namespace/name` of the delegate that the rule came from. */
  readonly delegate: string | undefined;
  readonly name: string | undefined;
  /** ORed; empty matches everything. */
  readonly matches: readonly MatchPolicy[];
  readonly action: ForwardAction | RedirectAction | RespondAction;
  /** The route's own operations, as written. */
  readonly requestHeaders: HeaderOperations;
  readonly responseHeaders: HeaderOperations;
  /** Response operations of a route that does not forward. */
  readonly responseSteps: readonly HeaderStep[];
  readonly timeoutMs: number | undefined;
  /** By what its requests are pinned to endpoints: the keys of all destinations, combined. Empty: they are not. */
  readonly hashKeys: readonly HashKey[];
  readonly retry: RetryPolicy;
  readonly fault: FaultPolicy | undefined;
  /** corsPolicy as written, defaults filled in. */
  readonly cors: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The rules of one or more hosts. Where several have a host (and port), they stand in the order of their right to it:
 * the first with a rule that this client can meet has it alone.
 */
export interface VirtualHostPolicy {
  /** `namespace/name`; undefined where several share the hosts (on a Gateway) or none wrote the rules. */
  readonly virtualService: string | undefined;
  /** The one port on which these rules hold; undefined for all. */
  readonly port: number | undefined;
  /** FQDN or `*.suffix` or `*`, lower case. */
  readonly hosts: readonly string[];
  readonly routes: readonly RoutePolicy[];
  /** Which rules there are below HTTP, `tcp`, `tls` or both; undefined where there are none. A client of HTTP cannot follow them. */
  readonly layer4?: string | undefined;
}

/** A port by which callers know a service. */
export interface ServicePort {
  readonly number: number;
  readonly name: string;
  /** http, http2, https, grpc, tcp … */
  readonly protocol: string;
}

/** A Service or ServiceEntry as one client may call it. */
export interface ServicePolicy {
  /** FQDN. */
  readonly host: string;
  readonly name: string;
  readonly namespace: string;
  readonly ports: readonly ServicePort[];
  /** Every name by which this client may call it, lower case, itself included; `*.suffix` for a wildcard ServiceEntry. */
  readonly aliases: readonly string[];
}

/** Which WorkloadEntries of a namespace a service's endpoints come from. */
export type WorkloadQuery =
  /** Instances that registered themselves for the service of this name. */
  | { readonly kind: "registered"; readonly namespace: string; readonly service: string }
  /** Workloads with all of these labels; never without any. */
  | { readonly kind: "selected"; readonly namespace: string; readonly labels: Labels };

/** `loadBalancer.simple`, with older names translated. */
export type SimpleLoadBalancer = "LEAST_REQUEST" | "ROUND_ROBIN" | "RANDOM" | "PASSTHROUGH";

/** What becomes of names among the addresses of endpoints, in Envoy's words for types of clusters. */
export type NameResolution =
  /** ServiceEntry `DNS`: every address of a name is an endpoint. */
  | "STRICT_DNS"
  /** ServiceEntry `DNS_ROUND_ROBIN`: a name is one endpoint, new connections go where it leads now. */
  | "LOGICAL_DNS"
  /** All others: the system looks names up for each connection. */
  | "ON_CONNECT";

/** What a DestinationRule means for one host, port and subset. */
export interface ClusterPolicy {
  /** Envoy's name for it: `outbound|9080|v2|reviews.default.svc.cluster.local`. */
  readonly key: string;
  readonly host: string;
  readonly port: number;
  readonly subset: string | undefined;
  readonly service: ServicePolicy;
  readonly nameResolution: NameResolution;
  readonly subsetLabels: Labels;
  readonly loadBalancer: SimpleLoadBalancer;
  readonly balancing: BalancingPolicy;
  readonly connectTimeoutMs: number;
  /** Undefined: no ceilings. */
  readonly connectionPool: ConnectionPoolPolicy | undefined;
  /** Undefined: nobody is ejected. */
  readonly outlierDetection: OutlierDetectionPolicy | undefined;
  /** SIMPLE and its kin speak TLS to the endpoint. */
  readonly tls: "DISABLE" | "SIMPLE";
  /** A setting that cannot be honoured here and may not be passed over: calls are refused. */
  readonly unsupported: string | undefined;
  /** The merged trafficPolicy in Istio's field names and values as written; a block nobody wrote is null. */
  readonly effective: EffectiveTrafficPolicy;
}

/** The part of a Decision that shows the merged trafficPolicy. */
export interface EffectiveTrafficPolicy {
  readonly loadBalancer: Readonly<Record<string, unknown>>;
  readonly connectionPool: Readonly<Record<string, unknown>> | null;
  readonly outlierDetection: Readonly<Record<string, unknown>> | null;
  readonly tls: Readonly<Record<string, unknown>> | null;
}

/** How far paths are made uniform before rules see them, in Istio's words; each does more than the one before. */
export type PathNormalization = "NONE" | "BASE" | "MERGE_SLASHES" | "DECODE_AND_MERGE_SLASHES";

/** Everything that one client may see, resolved for its namespace and labels. */
export interface MeshPolicy {
  /** `namespace/name` of the Gateway on which requests come in: services show there through VirtualServices only. Undefined inside the mesh. */
  readonly gateway: string | undefined;
  readonly services: ReadonlyMap<string, ServicePolicy>;
  /** Whether calls to a port of a service are for it: a Sidecar may show a service as a destination of rules only. Absent: all are. */
  readonly isCallable?: (service: ServicePolicy, port: number) => boolean;
  readonly virtualHosts: readonly VirtualHostPolicy[];
  readonly outboundTrafficPolicy: "ALLOW_ANY" | "REGISTRY_ONLY";
  readonly pathNormalization: PathNormalization;
  /** What is traced and logged of this workload. The same object for the same resources. */
  readonly telemetry: TelemetryPolicy;
  /** Undefined where the host, port or subset does not exist (503 NC). The same object for the same answer. */
  cluster(ref: ClusterRef): ClusterPolicy | undefined;
  /** Endpoints of a known cluster. The same array for the same cluster. */
  endpoints(cluster: ClusterPolicy): readonly Endpoint[];
  /** Which workloads are behind a known host; undefined where none are asked for: its endpoints are written, or a name. */
  workloads(host: string): WorkloadQuery | undefined;
  /** What ResiliencePolicies say of a cluster; undefined where none does. The same object for the same resources. */
  resilience(ref: ClusterRef): ResiliencePolicy | undefined;
  /** The one route of a known service that no VirtualService rules; `host` is the name called where the service is a wildcard. */
  defaultRoute(host: string, port: number): RoutePolicy;
  /** What else decides on a host, such as its DestinationRule: lines for people, not for the hot path. */
  notes(host: string): readonly string[];
}
