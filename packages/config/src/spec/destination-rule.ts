// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";
import type { WorkloadSelector } from "./security.ts";
import type { PortSelector } from "./virtual-service.ts";

/** How the endpoints of a host are used, and by which names routes speak of some of them. */
export interface DestinationRule extends Resource<DestinationRuleSpec> {
  readonly apiVersion: "networking.istio.io/v1" | "networking.istio.io/v1beta1" | "networking.istio.io/v1alpha3";
  readonly kind: "DestinationRule";
}

/** A host and how its endpoints are used. */
export interface DestinationRuleSpec {
  /**
   * The host: a short name, a full name, or one with a leading `*`. The client's namespace is looked through first,
   * then the service's, then the root namespace. Required.
   */
  readonly host?: string;
  /** How the endpoints are used. */
  readonly trafficPolicy?: TrafficPolicy;
  /** Some of the endpoints, under names. */
  readonly subsets?: readonly SubsetSpec[];
  /** Namespaces that see it: `.` for its own, `*` for all, or names. Default: all. */
  readonly exportTo?: readonly string[];
  /** The clients that it is for, in its own namespace. Default: all clients. */
  readonly workloadSelector?: WorkloadSelector;
}

/** How endpoints are used. Levels displace each other block by block; inside a block nothing is merged. */
export interface TrafficPolicy extends TrafficPolicyBlocks {
  /** Settings of single ports, at most 4096. */
  readonly portLevelSettings?: readonly PortTrafficPolicy[];
  /**
   * Sends through a proxy's tunnel. Calls to the host get 503. Refused. Unlike Istio: The library makes no tunnels; it
   * does not go round them either.
   */
  readonly tunnel?: TunnelSpec;
  /**
   * Says the caller's address ahead of the request. Calls to the host get 503. Refused. Unlike Istio: The library does
   * not speak it.
   */
  readonly proxyProtocol?: ProxyProtocolSpec;
  /** Retries as a share of what is under way. */
  readonly retryBudget?: TrafficPolicyRetryBudget;
}

/** The four blocks that every level of a rule has. */
export interface TrafficPolicyBlocks {
  /** How an endpoint is chosen. Default: LEAST_REQUEST. */
  readonly loadBalancer?: LoadBalancerSpec;
  /** Limits of connections and requests. Default: none. */
  readonly connectionPool?: ConnectionPoolSpec;
  /** Sends nothing to endpoints that fail. Default: none. */
  readonly outlierDetection?: OutlierDetectionSpec;
  /** TLS to the endpoints. Default: in the clear. Unlike Istio: No automatic mutual TLS. */
  readonly tls?: ClientTlsSpec;
}

/** How an endpoint is chosen: `simple` or `consistentHash`. */
export type LoadBalancerSpec = {
  /**
   * LEAST_REQUEST draws two and takes the less busy; RANDOM ignores weights; PASSTHROUGH goes to the address called.
   * LEAST_CONN is an old name of LEAST_REQUEST. Default: LEAST_REQUEST.
   */
  readonly simple?: "UNSPECIFIED" | "LEAST_CONN" | "LEAST_REQUEST" | "ROUND_ROBIN" | "RANDOM" | "PASSTHROUGH";
  /** The same key goes to the same endpoint. */
  readonly consistentHash?: ConsistentHashSpec;
  /** Near endpoints first. */
  readonly localityLbSetting?: LocalitySpec;
  /**
   * Shares by zone, without `outlierDetection` too. Stands above every other wish for near endpoints. Pinned requests
   * (`consistentHash`) follow regions only. Unlike Istio: The callers that count are the registered instances of the
   * caller's own service, ill ones too.
   */
  readonly zoneAwareLbSetting?: ZoneAwareSpec;
  /**
   * How long new endpoints warm up. Deprecated: use warmup.
   * @deprecated Use warmup.
   */
  readonly warmupDurationSecs?: string;
  /** New endpoints get their share step by step. ROUND_ROBIN and LEAST_REQUEST only. */
  readonly warmup?: WarmupSpec;
};

/**
 * The same key goes to the same endpoint: one key, and one of `ringHash` and `maglev`. A request without the key goes
 * anywhere.
 */
export interface ConsistentHashSpec {
  /** Key: all values of this request header. */
  readonly httpHeaderName?: string;
  /** Key: the value of a cookie. */
  readonly httpCookie?: HashCookie;
  /**
   * Key: the caller's address. Unlike Istio: In process the caller is the process itself: its own address is the key.
   */
  readonly useSourceIp?: boolean;
  /** Key: the first value of this query parameter. */
  readonly httpQueryParameterName?: string;
  /** Endpoints on a ring. Default: a ring of 1024 points. */
  readonly ringHash?: RingHashSpec;
  /** Endpoints in a table: faster, moves a little more when endpoints change. */
  readonly maglev?: MaglevSpec;
  /**
   * Least number of points on the ring. Deprecated: use ringHash.minimumRingSize.
   * @deprecated Use ringHash.minimumRingSize.
   */
  readonly minimumRingSize?: number;
}

/** The cookie whose value is the key. */
export interface HashCookie {
  /** Its name. Required. */
  readonly name?: string;
  /** Path of a cookie that is made. */
  readonly path?: string;
  /** Makes the cookie where it is missing; `0s` makes one for the session. Default: no cookie is made. */
  readonly ttl?: string;
  /** Attributes of a cookie that is made. */
  readonly attributes?: readonly CookieAttribute[];
}

/** One attribute of a cookie. */
export interface CookieAttribute {
  /** Its name, such as `SameSite`. */
  readonly name?: string;
  /** Its value. */
  readonly value?: string;
}

/** Endpoints on a ring. */
export interface RingHashSpec {
  /** Least number of points on the ring, at most 8388608. Default: 1024. */
  readonly minimumRingSize?: number;
}

/** Endpoints in a table. */
export interface MaglevSpec {
  /** Entries of the table: a prime number below 5000011. Required. */
  readonly tableSize?: number;
}

/** Near endpoints first. Has an effect on failover only beside `outlierDetection`. */
export interface LocalitySpec {
  /** Shares by locality. Excludes the failovers. */
  readonly distribute?: readonly LocalityDistribute[];
  /** Regions that stand in for others. */
  readonly failover?: readonly LocalityFailover[];
  /**
   * Labels by weight of their agreement with the caller's: the more leading ones agree, the sooner an endpoint is
   * chosen. `key=value` stands for the caller's.
   */
  readonly failoverPriority?: readonly string[];
  /** False switches it off for this host. Default: true. */
  readonly enabled?: boolean;
}

/** Shares for the callers of one locality. */
export interface LocalityDistribute {
  /** The caller's locality: `region/zone/subzone`, `region/*` or `*`. */
  readonly from?: string;
  /** Localities and their shares in percent; they add up to 100, others get nothing. */
  readonly to?: Readonly<Record<string, number>>;
}

/** Which region stands in for another. */
export interface LocalityFailover {
  /** A region. */
  readonly from?: string;
  /** The region that its callers go to next. */
  readonly to?: string;
}

/** Shares by zone, in proportion to its callers. */
export interface ZoneAwareSpec {
  /** Switches it on or off. Default: true. */
  readonly enabled?: boolean;
  /** Regions that stand in for others. */
  readonly failover?: readonly LocalityFailover[];
  /**
   * Labels by weight of their agreement with the caller's: the more leading ones agree, the sooner an endpoint is
   * chosen. `key=value` stands for the caller's.
   */
  readonly failoverPriority?: readonly string[];
  /** Endpoints below which zones are not looked at. Default: 6. */
  readonly minClusterSize?: number;
}

/** New endpoints get their share step by step. */
export interface WarmupSpec {
  /** How long it takes, at least 1ms. Required. */
  readonly duration?: string;
  /** Share at the beginning, 0 to 100 percent. Default: 10. */
  readonly minimumPercent?: number;
  /** Shape of the curve, more than 0; 1 is a straight line. Default: 1. */
  readonly aggression?: number;
}

/** Limits, by connections and by requests. */
export type ConnectionPoolSpec = {
  /** Connections. */
  readonly tcp?: TcpPoolSpec;
  /** Requests. */
  readonly http?: HttpPoolSpec;
};

/** Connections. */
export interface TcpPoolSpec {
  /** Connections to all endpoints together; 0 is no limit. Requests above it wait. Default: no limit. */
  readonly maxConnections?: number;
  /** Time for a connection to come up, at least 1ms; then flag `UF`. Default: 10s. */
  readonly connectTimeout?: string;
  /** Probes of idle connections. Default: a first probe after a minute. Unlike Istio: Envoy sends none without it. */
  readonly tcpKeepalive?: TcpKeepaliveSpec;
  /** Age at which a connection is closed, at least 1ms. Default: none. */
  readonly maxConnectionDuration?: string;
  /**
   * Idle time after which a connection is closed, where `http.idleTimeout` is silent. Default: 4s, or what the server
   * announces. Unlike Istio: Envoy keeps one for an hour where nothing is written, which meets servers that hang up
   * sooner.
   */
  readonly idleTimeout?: string;
}

/** Probes of idle connections. Seconds are rounded up. */
export interface TcpKeepaliveSpec {
  /**
   * Probes without an answer before a connection is given up. Default: 9. Unlike Istio: Node before 24.19 always sends
   * 10.
   */
  readonly probes?: number;
  /** Idle time before the first probe. Default: 2h. */
  readonly time?: string;
  /** Time between probes. Default: 75s. Unlike Istio: Node before 24.19 always takes 1s. */
  readonly interval?: string;
}

/** Requests. Limits count over all endpoints of host, port and subset. */
export interface HttpPoolSpec {
  /** Requests that wait for a connection; 0 is no limit. Above it 503 with flag `UO`. Default: no limit. */
  readonly http1MaxPendingRequests?: number;
  /** Requests under way, of HTTP/1.1 too; 0 is no limit. Above it 503 with flag `UO`. Default: no limit. */
  readonly http2MaxRequests?: number;
  /**
   * Requests before a connection is closed; 1 is no keep-alive. Default: no limit. Unlike Istio: Above 1 it holds on
   * average: requests are counted by endpoint.
   */
  readonly maxRequestsPerConnection?: number;
  /** Retries under way; 0 is no limit. Above it no retry, flag `UO` is added. Default: no limit. */
  readonly maxRetries?: number;
  /**
   * Idle time after which a connection is closed. Default: 4s, or what the server announces. Unlike Istio: Envoy keeps
   * one for an hour where nothing is written, which meets servers that hang up sooner.
   */
  readonly idleTimeout?: string;
  /**
   * Whether HTTP/1.1 goes out as HTTP/2. Default: DEFAULT. Validated only: it has no effect here. Unlike Istio:
   * Requests go out as HTTP/1.1.
   */
  readonly h2UpgradePolicy?: "DEFAULT" | "DO_NOT_UPGRADE" | "UPGRADE";
  /** Goes out in the protocol that the caller used. Default: false. Validated only: it has no effect here. */
  readonly useClientProtocol?: boolean;
  /**
   * Streams on one HTTP/2 connection. Validated only: it has no effect here. Unlike Istio: Requests go out as HTTP/1.1.
   */
  readonly maxConcurrentStreams?: number;
  /** Pings on HTTP/2 connections. Validated only: it has no effect here. Unlike Istio: Requests go out as HTTP/1.1. */
  readonly http2KeepAlive?: Http2KeepAliveSpec;
}

/** Pings on HTTP/2 connections. */
export interface Http2KeepAliveSpec {
  /** Time between pings. Validated only: it has no effect here. */
  readonly interval?: string;
  /** Time to wait for the answer. Validated only: it has no effect here. */
  readonly timeout?: string;
}

/** Sends nothing to endpoints that fail, for a while. */
export type OutlierDetectionSpec = {
  /**
   * Ignored, in Istio too. Deprecated: use consecutive5xxErrors. Validated only: it has no effect here.
   * @deprecated Use consecutive5xxErrors.
   */
  readonly consecutiveErrors?: number;
  /** Counts failures to reach an endpoint apart from its answers. Default: false. */
  readonly splitExternalLocalOriginErrors?: boolean;
  /** Failures in a row to reach an endpoint. Needs `splitExternalLocalOriginErrors`. Default: 5 where split. */
  readonly consecutiveLocalOriginFailures?: number;
  /** Answers 502, 503 and 504 in a row; 0 is off. Default: off. */
  readonly consecutiveGatewayErrors?: number;
  /** Answers 5xx in a row; 0 is off. Default: 5. */
  readonly consecutive5xxErrors?: number;
  /** Time between two looks at who may return, at least 1ms. Default: 10s. */
  readonly interval?: string;
  /** Time out for the first ejection; the n-th lasts n times as long. Default: 30s. */
  readonly baseEjectionTime?: string;
  /**
   * Share of the endpoints that may be out at once; 0 is 10. At 10 and fewer than ten endpoints none ever is. Default:
   * 10.
   */
  readonly maxEjectionPercent?: number;
  /** Share of healthy endpoints below which health is not looked at. Default: 0. */
  readonly minHealthPercent?: number;
  /** Statuses that count in place of 5xx. Default: every 5xx. */
  readonly outlierDetectionHttpErrorCodes?: readonly number[];
};

/** TLS to the endpoints. */
export type ClientTlsSpec = {
  /**
   * DISABLE sends in the clear, SIMPLE speaks TLS. MUTUAL and ISTIO_MUTUAL are refused: calls get 503. Default:
   * DISABLE. Unlike Istio: A process has no certificate of its own: mutual TLS is refused, not downgraded.
   */
  readonly mode?: "DISABLE" | "SIMPLE" | "MUTUAL" | "ISTIO_MUTUAL";
  /** File of the certificate to show. MUTUAL only. Validated only: it has no effect here. */
  readonly clientCertificate?: string;
  /** File of its key. MUTUAL only. Validated only: it has no effect here. */
  readonly privateKey?: string;
  /**
   * File of the authorities to trust. Validated only: it has no effect here. Unlike Istio: Node's own authorities are
   * trusted.
   */
  readonly caCertificates?: string;
  /**
   * Secret that holds certificate and key. Validated only: it has no effect here. Unlike Istio: There are no secrets.
   */
  readonly credentialName?: string;
  /**
   * Names, one of which the endpoint's certificate has. Validated only: it has no effect here. Unlike Istio: The
   * certificate is checked for the host that is called.
   */
  readonly subjectAltNames?: readonly string[];
  /**
   * Server name to ask for. Validated only: it has no effect here. Unlike Istio: The host that is called is asked for.
   */
  readonly sni?: string;
  /**
   * Takes any certificate. Default: false. Validated only: it has no effect here. Unlike Istio: Certificates are always
   * checked.
   */
  readonly insecureSkipVerify?: boolean;
  /** File of certificates that are revoked. Validated only: it has no effect here. */
  readonly caCrl?: string;
};

/** Settings of one port. They displace all four blocks of their level, those left out too. */
export interface PortTrafficPolicy extends TrafficPolicyBlocks {
  /** The port that they are for. Required. */
  readonly port?: PortSelector;
}

/** Sends through a proxy's tunnel. */
export type TunnelSpec = {
  /** Method that opens the tunnel. Default: CONNECT. Refused. */
  readonly protocol?: "CONNECT" | "POST";
  /** The host behind the tunnel. Required. Refused. */
  readonly targetHost?: string;
  /** Its port. Required. Refused. */
  readonly targetPort?: number;
};

/** Says the caller's address ahead of the request. */
export type ProxyProtocolSpec = {
  /** Version of the protocol. Default: V1. Refused. */
  readonly version?: "V1" | "V2";
};

/** Retries as a share of what is under way, in place of `maxRetries`. */
export type TrafficPolicyRetryBudget = {
  /** Share of the requests under way and waiting, 0 to 100 percent. Default: 20. */
  readonly percent?: number;
  /** Retries that are always allowed at once. Default: 3. */
  readonly minRetryConcurrency?: number;
  /** Time over which requests count. Default: what is under way now. */
  readonly budgetInterval?: string;
};

/** Some of a host's endpoints, under a name. */
export interface SubsetSpec {
  /** What routes call it: letters, digits and inner dashes, at most 63. Unique. Required. */
  readonly name?: string;
  /** Labels that its endpoints have, all of them. Default: all endpoints. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Displaces the rule's, block by block. */
  readonly trafficPolicy?: TrafficPolicy;
}

/** One block of a trafficPolicy, as an open record. */
export type PolicyBlock = Readonly<Record<string, unknown>>;
