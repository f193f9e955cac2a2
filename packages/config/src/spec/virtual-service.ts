/*
 * VirtualService as Istio writes it (networking/v1alpha3/virtual_service.proto). Every field may be missing;
 * the checks in `validate/` decide what must be there.
 */

/** At most one of them; none asks for presence. */
export interface StringMatchSpec {
  readonly exact?: string;
  readonly prefix?: string;
  readonly regex?: string;
}

/** A port of a service, by number. */
export interface PortSelector {
  readonly number?: number;
}

/** A share of the requests. */
export interface PercentSpec {
  /** 0 to 100. */
  readonly value?: number;
}

/** Where requests go: a service, maybe a subset and port of it. */
export interface Destination {
  readonly host?: string;
  readonly subset?: string;
  readonly port?: PortSelector;
}

/** What a request must be like: everything given must hold. */
export interface HttpMatchRequest {
  readonly name?: string;
  readonly uri?: StringMatchSpec;
  readonly scheme?: StringMatchSpec;
  readonly method?: StringMatchSpec;
  readonly authority?: StringMatchSpec;
  readonly headers?: Readonly<Record<string, StringMatchSpec>>;
  readonly withoutHeaders?: Readonly<Record<string, StringMatchSpec>>;
  readonly queryParams?: Readonly<Record<string, StringMatchSpec>>;
  readonly port?: number;
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly gateways?: readonly string[];
  readonly ignoreUriCase?: boolean;
  readonly sourceNamespace?: string;
  readonly statPrefix?: string;
}

/** Changes to the headers of one message. */
export interface HeaderOperationsSpec {
  readonly set?: Readonly<Record<string, string>>;
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

/** Changes to the headers of request and response. */
export interface HeadersSpec {
  readonly request?: HeaderOperationsSpec;
  readonly response?: HeaderOperationsSpec;
}

/** A destination with its share of the requests. */
export interface HttpRouteDestination {
  readonly destination?: Destination;
  readonly weight?: number;
  readonly headers?: HeadersSpec;
}

/** An answer that sends the caller elsewhere. */
export interface HttpRedirect {
  readonly uri?: string;
  readonly prefixRewrite?: string;
  readonly authority?: string;
  readonly port?: number;
  readonly derivePort?: "FROM_PROTOCOL_DEFAULT" | "FROM_REQUEST_PORT";
  readonly scheme?: string;
  readonly redirectCode?: number;
}

/** An answer that the mesh gives itself. */
export interface HttpDirectResponse {
  readonly status?: number;
  readonly body?: {
    readonly string?: string;
    /** Base64. */
    readonly bytes?: string;
  };
}

/** The VirtualService whose rules stand in for a rule. */
export interface DelegateSpec {
  readonly name?: string;
  readonly namespace?: string;
}

/** Changes to path and authority before a request leaves. */
export interface HttpRewrite {
  readonly uri?: string;
  readonly authority?: string;
  readonly uriRegexRewrite?: { readonly match?: string; readonly rewrite?: string };
}

/** How often and on what a request is tried again. */
export interface HttpRetry {
  readonly attempts?: number;
  readonly perTryTimeout?: string;
  readonly retryOn?: string;
  readonly retryRemoteLocalities?: boolean;
  readonly retryIgnorePreviousHosts?: boolean;
  readonly backoff?: string;
}

/** Delays and failures on purpose. */
export interface HttpFaultInjection {
  readonly delay?: {
    readonly percent?: number;
    readonly percentage?: PercentSpec;
    readonly fixedDelay?: string;
    readonly exponentialDelay?: string;
  };
  readonly abort?: {
    readonly httpStatus?: number;
    readonly grpcStatus?: string;
    readonly http2Error?: string;
    readonly percentage?: PercentSpec;
  };
}

/** Where copies of requests go. */
export interface HttpMirrorSpec {
  readonly destination?: Destination;
  readonly percentage?: PercentSpec;
}

/** Which origins of web pages may call. */
export interface CorsPolicySpec {
  readonly allowOrigin?: readonly string[];
  readonly allowOrigins?: readonly StringMatchSpec[];
  readonly allowMethods?: readonly string[];
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly maxAge?: string;
  readonly allowCredentials?: boolean;
  readonly unmatchedPreflights?: "UNSPECIFIED" | "FORWARD" | "IGNORE";
}

/** One rule for HTTP requests. */
export interface HttpRoute {
  readonly name?: string;
  readonly match?: readonly HttpMatchRequest[];
  readonly route?: readonly HttpRouteDestination[];
  readonly redirect?: HttpRedirect;
  readonly directResponse?: HttpDirectResponse;
  readonly delegate?: DelegateSpec;
  readonly rewrite?: HttpRewrite;
  readonly timeout?: string;
  readonly retries?: HttpRetry;
  readonly fault?: HttpFaultInjection;
  readonly mirror?: Destination;
  readonly mirrorPercent?: number;
  readonly mirrorPercentage?: PercentSpec;
  readonly mirrors?: readonly HttpMirrorSpec[];
  readonly corsPolicy?: CorsPolicySpec;
  readonly headers?: HeadersSpec;
}

/** What a TCP connection must be like. */
export interface L4Match {
  readonly destinationSubnets?: readonly string[];
  readonly port?: number;
  readonly sourceSubnet?: string;
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly gateways?: readonly string[];
  readonly sourceNamespace?: string;
}

/** What a TLS connection must be like. */
export interface TlsMatch {
  readonly sniHosts?: readonly string[];
  readonly destinationSubnets?: readonly string[];
  readonly port?: number;
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly gateways?: readonly string[];
  readonly sourceNamespace?: string;
}

/** A destination of connections with its share. */
export interface L4Destination {
  readonly destination?: Destination;
  readonly weight?: number;
}

/** One rule for TCP connections. */
export interface TcpRoute {
  readonly match?: readonly L4Match[];
  readonly route?: readonly L4Destination[];
}

/** One rule for TLS connections that are passed through. */
export interface TlsRoute {
  readonly match?: readonly TlsMatch[];
  readonly route?: readonly L4Destination[];
}

/** The spec of a VirtualService. */
export interface VirtualServiceSpec {
  readonly hosts?: readonly string[];
  readonly gateways?: readonly string[];
  readonly http?: readonly HttpRoute[];
  readonly tls?: readonly TlsRoute[];
  readonly tcp?: readonly TcpRoute[];
  readonly exportTo?: readonly string[];
}
