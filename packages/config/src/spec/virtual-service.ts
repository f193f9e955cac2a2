// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";

/** How requests to its hosts are routed: the rules of one host, the first that fits decides. */
export interface VirtualService extends Resource<VirtualServiceSpec> {
  readonly apiVersion: "networking.istio.io/v1" | "networking.istio.io/v1beta1" | "networking.istio.io/v1alpha3";
  readonly kind: "VirtualService";
}

/** Hosts and the rules for them. */
export interface VirtualServiceSpec {
  /**
   * The hosts ruled: short names, full names, or names with a leading `*`. Without hosts it is a delegate. Of several
   * with one host, one that is private to the client's namespace rules it, else the oldest.
   */
  readonly hosts?: readonly string[];
  /** `mesh` for all clients, or Gateways as `name` or `namespace/name`. Default: mesh. */
  readonly gateways?: readonly string[];
  /** Rules for requests, in order. When none fits, 404 with flag `NR`. */
  readonly http?: readonly HttpRoute[];
  /**
   * Rules for TLS connections that are passed through. Validated only: it has no effect here. Unlike Istio: Checked and
   * shown. A call over HTTP to a port of another protocol that they route is answered 503 with the reason; ports that
   * speak HTTP follow `http`, as in Istio.
   */
  readonly tls?: readonly TlsRoute[];
  /**
   * Rules for TCP connections. Validated only: it has no effect here. Unlike Istio: Checked and shown. A call over HTTP
   * to a port of another protocol that they route is answered 503 with the reason; ports that speak HTTP follow `http`,
   * as in Istio.
   */
  readonly tcp?: readonly TcpRoute[];
  /** Namespaces that see it: `.` for its own, `*` for all, or names. Default: all. */
  readonly exportTo?: readonly string[];
}

/** One rule: what it takes, and one of `route`, `redirect`, `directResponse` and `delegate`. */
export interface HttpRoute {
  /** A name for people: decisions show it. */
  readonly name?: string;
  /** Any of these; without one the rule takes every request. Default: everything. */
  readonly match?: readonly HttpMatchRequest[];
  /** Where requests go; one destination is chosen for all tries. */
  readonly route?: readonly HttpRouteDestination[];
  /** Answers with a redirect. */
  readonly redirect?: HttpRedirect;
  /** Answers without asking anybody. */
  readonly directResponse?: HttpDirectResponse;
  /** Hands the rule on to another VirtualService. One level. */
  readonly delegate?: DelegateSpec;
  /** Changes path and authority. Needs `route`. */
  readonly rewrite?: HttpRewrite;
  /** For all tries and the waiting between them, at least 1ms; then 504 with flag `UT`. Default: none. */
  readonly timeout?: string;
  /** When to try again. Default: 2 retries of failed connections. */
  readonly retries?: HttpRetry;
  /** Faults on purpose. Needs `route`. */
  readonly fault?: HttpFaultInjection;
  /** Where copies go. Excludes `mirrors`. */
  readonly mirror?: Destination;
  /**
   * Share of the requests that `mirror` gets, in whole percent. Deprecated: use mirrorPercentage.
   * @deprecated Use mirrorPercentage.
   */
  readonly mirrorPercent?: number;
  /** Share of the requests that `mirror` gets. Default: 100 %. */
  readonly mirrorPercentage?: PercentSpec;
  /** Where copies go, several. Their answers are dropped, their failures not seen. */
  readonly mirrors?: readonly HttpMirrorSpec[];
  /** Answers to browsers of other origins. */
  readonly corsPolicy?: CorsPolicySpec;
  /** Changes of headers for every destination. */
  readonly headers?: HeadersSpec;
}

/** What a request has to be like: everything in one entry holds. An empty entry takes every request. */
export interface HttpMatchRequest {
  /** A name for people: the decision shows it behind the rule's name. */
  readonly name?: string;
  /** The path without query, normalised first. An empty prefix takes every path. */
  readonly uri?: StringMatchSpec;
  /** `http` or `https`, as called. Case counts. */
  readonly scheme?: StringMatchSpec;
  /** The method. Case counts. */
  readonly method?: StringMatchSpec;
  /** The authority called, with its port where one was written. Case counts. */
  readonly authority?: StringMatchSpec;
  /**
   * By header name, in any case: every one is there and fits. Values of a repeated header are joined with commas first.
   */
  readonly headers?: Readonly<Record<string, StringMatchSpec>>;
  /** By header name: none fits. An absent header counts as the empty text; `{}` or the regex `*` asks for absence. */
  readonly withoutHeaders?: Readonly<Record<string, StringMatchSpec>>;
  /** By name: the first value of the parameter, not decoded. */
  readonly queryParams?: Readonly<Record<string, StringMatchSpec>>;
  /**
   * The port of the service that was called, 1 to 65535; 0 is any. Unlike Istio: The port in the URL stands for the
   * listener's.
   */
  readonly port?: number;
  /** Labels that the calling workload has. Not looked at beside `gateways`. */
  readonly sourceLabels?: Readonly<Record<string, string>>;
  /** `mesh`, or Gateways as `name` or `namespace/name`. Default: the VirtualService's gateways. */
  readonly gateways?: readonly string[];
  /** Compares `uri` without case; exact and prefix only. Default: false. */
  readonly ignoreUriCase?: boolean;
  /** Namespace of the calling workload. Not looked at beside `gateways`. */
  readonly sourceNamespace?: string;
  /**
   * Prefix of statistics for the route. Validated only: it has no effect here. Unlike Istio: There are no statistics by
   * route.
   */
  readonly statPrefix?: string;
}

/** How a text is compared: one of the three. Without any of them the text has to be there, whatever it is. */
export interface StringMatchSpec {
  /** The whole text. */
  readonly exact?: string;
  /** How the text begins. Plain text: `/foo` takes `/foobar` too. Empty for `uri` only. */
  readonly prefix?: string;
  /** RE2 syntax, has to cover the whole text; at most 1024 characters. */
  readonly regex?: string;
}

/** One destination and its share. */
export interface HttpRouteDestination {
  /** Where the requests go. Required. */
  readonly destination?: Destination;
  /**
   * Share of the requests: weight ÷ sum of all weights. A single destination takes everything; of several, those of
   * weight 0 take nothing. Default: 0.
   */
  readonly weight?: number;
  /** Changes of headers for this destination. */
  readonly headers?: HeadersSpec;
}

/** Where requests go. */
export interface Destination {
  /**
   * A service: its short name, completed with the VirtualService's namespace, or any name with a dot as it stands.
   * Required.
   */
  readonly host?: string;
  /** A subset of the host's DestinationRule. An unknown one answers 503 `NC`. */
  readonly subset?: string;
  /** The service's port. Default: the port that the client called. */
  readonly port?: PortSelector;
}

/** One port of a service. */
export interface PortSelector {
  /** Number of the service's port, 1 to 65535. Required. */
  readonly number?: number;
}

/** Changes of headers, both ways. */
export interface HeadersSpec {
  /** On the way to the destination. */
  readonly request?: HeaderOperationsSpec;
  /** On the way back. */
  readonly response?: HeaderOperationsSpec;
}

/**
 * Changes of headers: removed first, then set, then added. Values take Envoy's `%…%` operators; `%%` is a percent sign.
 */
export interface HeaderOperationsSpec {
  /**
   * Replaces the header. `Host` and `:authority` on requests only. Unlike Istio: An operator that only a proxy has a
   * value for gives `-`.
   */
  readonly set?: Readonly<Record<string, string>>;
  /** Adds a value to the header. Unlike Istio: An operator that only a proxy has a value for gives `-`. */
  readonly add?: Readonly<Record<string, string>>;
  /** Takes headers away; not `Host`, not pseudo-headers. */
  readonly remove?: readonly string[];
}

/** Answers with a redirect. At least one part of the URL changes. */
export interface HttpRedirect {
  /** The new path. The query is kept unless this has one. */
  readonly uri?: string;
  /** Replaces the matched prefix; every `uri` match of the rule is a prefix. Excludes `uri`. */
  readonly prefixRewrite?: string;
  /** The new authority. */
  readonly authority?: string;
  /** The new port, 1 to 65535. Excludes `derivePort`. */
  readonly port?: number;
  /**
   * Takes the port from the scheme, or from the request. Unlike Istio: The port in the URL stands for the listener's.
   */
  readonly derivePort?: "FROM_PROTOCOL_DEFAULT" | "FROM_REQUEST_PORT";
  /** `http` or `https`. */
  readonly scheme?: string;
  /** 301, 302, 303, 307 or 308. Others from 300 to 399 pass and cannot be sent. Default: 301. */
  readonly redirectCode?: number;
}

/** Answers without asking anybody. */
export interface HttpDirectResponse {
  /** HTTP status, 200 to 600. Required. */
  readonly status?: number;
  /** The body of the answer. Default: empty. */
  readonly body?: HttpBody;
}

/** A body of at most 1 MiB: one of the two. */
export interface HttpBody {
  /** As text. */
  readonly string?: string;
  /** In base64. Unlike Istio: Bytes that are not UTF-8 text give an empty body. */
  readonly bytes?: string;
}

/** Hands the rule on to another VirtualService. */
export interface DelegateSpec {
  /** A VirtualService without hosts. Required. */
  readonly name?: string;
  /** Its namespace. Default: this VirtualService's. */
  readonly namespace?: string;
}

/** Changes the request before it leaves. At least one part. */
export interface HttpRewrite {
  /** Replaces the matched prefix, or the whole path of an exact or regex match. The query is kept. */
  readonly uri?: string;
  /** Sets the authority. */
  readonly authority?: string;
  /** Replaces by pattern. Excludes `uri`. */
  readonly uriRegexRewrite?: RegexRewrite;
}

/** Replaces every match of a pattern in the path. */
export interface RegexRewrite {
  /** What to replace, RE2 syntax; the query is left alone. Required. */
  readonly match?: string;
  /** What to put there; `\1` is the first group. Required. */
  readonly rewrite?: string;
}

/** When and how often a request is tried again. Fields left out keep their defaults; every method is retried. */
export interface HttpRetry {
  /** Tries after the first one; 0 switches retries off. Default: 2. */
  readonly attempts?: number;
  /** For one try, at least 1ms. Without effect where it is not below `timeout`. Default: none. */
  readonly perTryTimeout?: string;
  /**
   * Conditions and status codes, with commas and without spaces: `5xx`, `gateway-error`, `connect-failure`, `503` …
   * Default: connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes.
   */
  readonly retryOn?: string;
  /**
   * From the second retry on, localities of the priorities tried before are left out, and the next nearest are tried.
   * Pinned requests (`consistentHash`) keep theirs. Default: false.
   */
  readonly retryRemoteLocalities?: boolean;
  /**
   * Retries avoid the endpoints tried before. Default: true; false where a single destination uses consistent hashing.
   */
  readonly retryIgnorePreviousHosts?: boolean;
  /** Base of the wait before a retry, at least 1ms; it doubles, to ten times the base. Default: 25ms. */
  readonly backoff?: string;
}

/** Faults on purpose: delay, then abort, each with dice of its own. */
export interface HttpFaultInjection {
  /** Holds requests back; flag `DI`. */
  readonly delay?: FaultDelay;
  /** Breaks requests off; flag `FI`. */
  readonly abort?: FaultAbort;
}

/** Holds requests back. The route's timeout starts afterwards. */
export interface FaultDelay {
  /**
   * Share of the requests in whole percent. Deprecated: use percentage.
   * @deprecated Use percentage.
   */
  readonly percent?: number;
  /** Share of the requests. Default: 0 %. */
  readonly percentage?: PercentSpec;
  /** How long, at least 1ms. */
  readonly fixedDelay?: string;
  /** A delay that grows. Istio's own check turns it down too. Refused. */
  readonly exponentialDelay?: string;
}

/** A share of the requests. */
export interface PercentSpec {
  /** Percent, 0 to 100 in steps of 0.0001. Default: 0. */
  readonly value?: number;
}

/** Answers in the destination's place; is not retried. */
export interface FaultAbort {
  /** HTTP status, 200 to 600. Excludes `grpcStatus`. */
  readonly httpStatus?: number;
  /** Name of a gRPC status, sent with HTTP 200. Excludes `httpStatus`. */
  readonly grpcStatus?:
    | "OK"
    | "CANCELLED"
    | "UNKNOWN"
    | "INVALID_ARGUMENT"
    | "DEADLINE_EXCEEDED"
    | "NOT_FOUND"
    | "ALREADY_EXISTS"
    | "PERMISSION_DENIED"
    | "RESOURCE_EXHAUSTED"
    | "FAILED_PRECONDITION"
    | "ABORTED"
    | "OUT_OF_RANGE"
    | "UNIMPLEMENTED"
    | "INTERNAL"
    | "UNAVAILABLE"
    | "DATA_LOSS"
    | "UNAUTHENTICATED";
  /** An HTTP/2 error. Istio's own check turns it down too. Refused. */
  readonly http2Error?: string;
  /** Share of the requests. Default: 0 %. */
  readonly percentage?: PercentSpec;
}

/** One destination of copies. */
export interface HttpMirrorSpec {
  /** Where the copies go. Required. */
  readonly destination?: Destination;
  /** Share of the requests that is copied. Default: 100 %. */
  readonly percentage?: PercentSpec;
}

/** Which origins browsers may call from. */
export interface CorsPolicySpec {
  /**
   * Exact origins. Deprecated: use allowOrigins.
   * @deprecated Use allowOrigins.
   */
  readonly allowOrigin?: readonly string[];
  /** Origins; exact `*` is any. */
  readonly allowOrigins?: readonly StringMatchSpec[];
  /** Methods allowed; `*` is any. */
  readonly allowMethods?: readonly (
    | "GET"
    | "HEAD"
    | "POST"
    | "PUT"
    | "PATCH"
    | "DELETE"
    | "CONNECT"
    | "OPTIONS"
    | "TRACE"
    | "*"
  )[];
  /** Request headers allowed. */
  readonly allowHeaders?: readonly string[];
  /** Response headers that scripts may read. */
  readonly exposeHeaders?: readonly string[];
  /** How long a preflight may be kept, whole seconds. */
  readonly maxAge?: string;
  /** Allows cookies and credentials. Default: false. */
  readonly allowCredentials?: boolean;
  /** What becomes of a preflight from another origin: forwarded, or answered. Default: FORWARD. */
  readonly unmatchedPreflights?: "UNSPECIFIED" | "FORWARD" | "IGNORE";
}

/** One rule for TLS connections that are passed through. */
export interface TlsRoute {
  /** Any of these. Required. Validated only: it has no effect here. */
  readonly match?: readonly TlsMatch[];
  /** Where connections go. Required. Validated only: it has no effect here. */
  readonly route?: readonly L4Destination[];
}

/** What a TLS connection has to be like. */
export interface TlsMatch {
  /** Server names asked for, within the VirtualService's hosts. Required. Validated only: it has no effect here. */
  readonly sniHosts?: readonly string[];
  /** Addresses or ranges that are called. Validated only: it has no effect here. */
  readonly destinationSubnets?: readonly string[];
  /** The port that is called, 1 to 65535; 0 is any. Validated only: it has no effect here. */
  readonly port?: number;
  /** Labels that the calling workload has. Validated only: it has no effect here. */
  readonly sourceLabels?: Readonly<Record<string, string>>;
  /** `mesh`, or Gateways as `name` or `namespace/name`. Validated only: it has no effect here. */
  readonly gateways?: readonly string[];
  /** Namespace of the calling workload. Validated only: it has no effect here. */
  readonly sourceNamespace?: string;
}

/** One destination of connections and its share. */
export interface L4Destination {
  /** Where the connections go. Required. Validated only: it has no effect here. */
  readonly destination?: Destination;
  /** Share of the connections: weight ÷ sum of all weights. Default: 0. Validated only: it has no effect here. */
  readonly weight?: number;
}

/** One rule for TCP connections. */
export interface TcpRoute {
  /** Any of these; without one the rule takes every connection. Validated only: it has no effect here. */
  readonly match?: readonly L4Match[];
  /** Where connections go. Required. Validated only: it has no effect here. */
  readonly route?: readonly L4Destination[];
}

/** What a TCP connection has to be like. */
export interface L4Match {
  /** Addresses or ranges that are called. Validated only: it has no effect here. */
  readonly destinationSubnets?: readonly string[];
  /** The port that is called, 1 to 65535; 0 is any. Validated only: it has no effect here. */
  readonly port?: number;
  /** Labels that the calling workload has. Validated only: it has no effect here. */
  readonly sourceLabels?: Readonly<Record<string, string>>;
  /** `mesh`, or Gateways as `name` or `namespace/name`. Validated only: it has no effect here. */
  readonly gateways?: readonly string[];
  /** Namespace of the calling workload. Validated only: it has no effect here. */
  readonly sourceNamespace?: string;
  /**
   * Address or range of the caller. Validated only: it has no effect here. Unlike Istio: Istio does not use it either.
   */
  readonly sourceSubnet?: string;
}
