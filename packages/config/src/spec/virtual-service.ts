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

export interface PortSelector {
  readonly number?: number;
}

export interface PercentSpec {
  /** 0 to 100. */
  readonly value?: number;
}

export interface Destination {
  readonly host?: string;
  readonly subset?: string;
  readonly port?: PortSelector;
}

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

export interface HeaderOperationsSpec {
  readonly set?: Readonly<Record<string, string>>;
  readonly add?: Readonly<Record<string, string>>;
  readonly remove?: readonly string[];
}

export interface HeadersSpec {
  readonly request?: HeaderOperationsSpec;
  readonly response?: HeaderOperationsSpec;
}

export interface HttpRouteDestination {
  readonly destination?: Destination;
  readonly weight?: number;
  readonly headers?: HeadersSpec;
}

export interface HttpRedirect {
  readonly uri?: string;
  readonly prefixRewrite?: string;
  readonly authority?: string;
  readonly port?: number;
  readonly derivePort?: "FROM_PROTOCOL_DEFAULT" | "FROM_REQUEST_PORT";
  readonly scheme?: string;
  readonly redirectCode?: number;
}

export interface HttpDirectResponse {
  readonly status?: number;
  readonly body?: {
    readonly string?: string;
    /** Base64. */
    readonly bytes?: string;
  };
}

export interface DelegateSpec {
  readonly name?: string;
  readonly namespace?: string;
}

export interface HttpRewrite {
  readonly uri?: string;
  readonly authority?: string;
  readonly uriRegexRewrite?: { readonly match?: string; readonly rewrite?: string };
}

export interface HttpRetry {
  readonly attempts?: number;
  readonly perTryTimeout?: string;
  readonly retryOn?: string;
  readonly retryRemoteLocalities?: boolean;
  readonly retryIgnorePreviousHosts?: boolean;
  readonly backoff?: string;
}

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

export interface HttpMirrorSpec {
  readonly destination?: Destination;
  readonly percentage?: PercentSpec;
}

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

export interface L4Match {
  readonly destinationSubnets?: readonly string[];
  readonly port?: number;
  readonly sourceSubnet?: string;
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly gateways?: readonly string[];
  readonly sourceNamespace?: string;
}

export interface TlsMatch {
  readonly sniHosts?: readonly string[];
  readonly destinationSubnets?: readonly string[];
  readonly port?: number;
  readonly sourceLabels?: Readonly<Record<string, string>>;
  readonly gateways?: readonly string[];
  readonly sourceNamespace?: string;
}

export interface L4Destination {
  readonly destination?: Destination;
  readonly weight?: number;
}

export interface TcpRoute {
  readonly match?: readonly L4Match[];
  readonly route?: readonly L4Destination[];
}

export interface TlsRoute {
  readonly match?: readonly TlsMatch[];
  readonly route?: readonly L4Destination[];
}

export interface VirtualServiceSpec {
  readonly hosts?: readonly string[];
  readonly gateways?: readonly string[];
  readonly http?: readonly HttpRoute[];
  readonly tls?: readonly TlsRoute[];
  readonly tcp?: readonly TcpRoute[];
  readonly exportTo?: readonly string[];
}
