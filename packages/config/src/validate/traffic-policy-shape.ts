import type { PolicyBlock, TrafficPolicy } from "../spec/destination-rule.ts";
import { fields, flag, integer, listOf, mapOf, number, oneOf, type Shape, text } from "./shape.ts";

/*
 * Forms of the blocks of a trafficPolicy. Types rather than interfaces: they are handed on as open records.
 */

/** How slowly newcomers get their share. */
export type WarmupSpec = {
  readonly duration?: string;
  readonly minimumPercent?: number;
  readonly aggression?: number;
};

/** Which localities requests go to. */
export type LocalitySpec = {
  readonly distribute?: readonly {
    readonly from?: string;
    readonly to?: Readonly<Record<string, number>>;
  }[];
  readonly failover?: readonly { readonly from?: string; readonly to?: string }[];
  readonly failoverPriority?: readonly string[];
  readonly enabled?: boolean;
};

/** What requests are hashed by, and into which table. */
export type ConsistentHashSpec = {
  readonly httpHeaderName?: string;
  readonly httpCookie?: {
    readonly name?: string;
    readonly path?: string;
    readonly ttl?: string;
    readonly attributes?: readonly { readonly name?: string; readonly value?: string }[];
  };
  readonly useSourceIp?: boolean;
  readonly httpQueryParameterName?: string;
  readonly ringHash?: { readonly minimumRingSize?: number };
  readonly maglev?: { readonly tableSize?: number };
  readonly minimumRingSize?: number;
};

/** A loadBalancer block. */
export type LoadBalancerSpec = {
  readonly simple?: string;
  readonly consistentHash?: ConsistentHashSpec;
  readonly localityLbSetting?: LocalitySpec;
  readonly zoneAwareLbSetting?: PolicyBlock;
  readonly warmupDurationSecs?: string;
  readonly warmup?: WarmupSpec;
};

/** A connectionPool block. */
export type ConnectionPoolSpec = {
  readonly tcp?: {
    readonly maxConnections?: number;
    readonly connectTimeout?: string;
    readonly tcpKeepalive?: { readonly probes?: number; readonly time?: string; readonly interval?: string };
    readonly maxConnectionDuration?: string;
    readonly idleTimeout?: string;
  };
  readonly http?: {
    readonly http1MaxPendingRequests?: number;
    readonly http2MaxRequests?: number;
    readonly maxRequestsPerConnection?: number;
    readonly maxRetries?: number;
    readonly idleTimeout?: string;
    readonly h2UpgradePolicy?: "DEFAULT" | "DO_NOT_UPGRADE" | "UPGRADE";
    readonly useClientProtocol?: boolean;
    readonly maxConcurrentStreams?: number;
    readonly http2KeepAlive?: { readonly interval?: string; readonly timeout?: string };
  };
};

/** An outlierDetection block. */
export type OutlierDetectionSpec = {
  readonly consecutiveErrors?: number;
  readonly splitExternalLocalOriginErrors?: boolean;
  readonly consecutiveLocalOriginFailures?: number;
  readonly consecutiveGatewayErrors?: number;
  readonly consecutive5xxErrors?: number;
  readonly interval?: string;
  readonly baseEjectionTime?: string;
  readonly maxEjectionPercent?: number;
  readonly minHealthPercent?: number;
  readonly outlierDetectionHttpErrorCodes?: readonly number[];
};

/** A tls block. */
export type ClientTlsSpec = {
  readonly mode?: "DISABLE" | "SIMPLE" | "MUTUAL" | "ISTIO_MUTUAL";
  readonly clientCertificate?: string;
  readonly privateKey?: string;
  readonly caCertificates?: string;
  readonly credentialName?: string;
  readonly subjectAltNames?: readonly string[];
  readonly sni?: string;
  readonly insecureSkipVerify?: boolean;
  readonly caCrl?: string;
};

const loadBalancer: Shape<LoadBalancerSpec> = fields<LoadBalancerSpec>({
  simple: oneOf("UNSPECIFIED", "LEAST_CONN", "LEAST_REQUEST", "ROUND_ROBIN", "RANDOM", "PASSTHROUGH"),
  consistentHash: fields<ConsistentHashSpec>({
    httpHeaderName: text,
    httpCookie: fields({
      name: text,
      path: text,
      ttl: text,
      attributes: listOf(fields({ name: text, value: text })),
    }),
    useSourceIp: flag,
    httpQueryParameterName: text,
    ringHash: fields({ minimumRingSize: integer }),
    maglev: fields({ tableSize: integer }),
    minimumRingSize: integer,
  }),
  localityLbSetting: fields<LocalitySpec>({
    distribute: listOf(fields({ from: text, to: mapOf(integer) })),
    failover: listOf(fields({ from: text, to: text })),
    failoverPriority: listOf(text),
    enabled: flag,
  }),
  zoneAwareLbSetting: fields<PolicyBlock>({
    enabled: flag,
    failover: listOf(fields({ from: text, to: text })),
    failoverPriority: listOf(text),
    minClusterSize: integer,
  }),
  warmupDurationSecs: text,
  warmup: fields<WarmupSpec>({ duration: text, minimumPercent: number, aggression: number }),
});

const connectionPool: Shape<ConnectionPoolSpec> = fields<ConnectionPoolSpec>({
  tcp: fields({
    maxConnections: integer,
    connectTimeout: text,
    tcpKeepalive: fields({ probes: integer, time: text, interval: text }),
    maxConnectionDuration: text,
    idleTimeout: text,
  }),
  http: fields({
    http1MaxPendingRequests: integer,
    http2MaxRequests: integer,
    maxRequestsPerConnection: integer,
    maxRetries: integer,
    idleTimeout: text,
    h2UpgradePolicy: oneOf("DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"),
    useClientProtocol: flag,
    maxConcurrentStreams: integer,
    http2KeepAlive: fields({ interval: text, timeout: text }),
  }),
});

const outlierDetection: Shape<OutlierDetectionSpec> = fields<OutlierDetectionSpec>({
  consecutiveErrors: integer,
  splitExternalLocalOriginErrors: flag,
  consecutiveLocalOriginFailures: integer,
  consecutiveGatewayErrors: integer,
  consecutive5xxErrors: integer,
  interval: text,
  baseEjectionTime: text,
  maxEjectionPercent: integer,
  minHealthPercent: integer,
  outlierDetectionHttpErrorCodes: listOf(integer),
});

const tls: Shape<ClientTlsSpec> = fields<ClientTlsSpec>({
  mode: oneOf("DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"),
  clientCertificate: text,
  privateKey: text,
  caCertificates: text,
  credentialName: text,
  subjectAltNames: listOf(text),
  sni: text,
  insecureSkipVerify: flag,
  caCrl: text,
});

const blocks = { loadBalancer, connectionPool, outlierDetection, tls };

/** Form of a trafficPolicy, of a rule or of a subset. */
export const trafficPolicyShape: Shape<TrafficPolicy> = fields<TrafficPolicy>({
  ...blocks,
  portLevelSettings: listOf(fields({ ...blocks, port: fields({ number: integer }) })),
  tunnel: fields<PolicyBlock>({ protocol: text, targetHost: text, targetPort: integer }),
  proxyProtocol: fields<PolicyBlock>({ version: oneOf("V1", "V2") }),
  retryBudget: fields<PolicyBlock>({ percent: number, minRetryConcurrency: integer, budgetInterval: text }),
});
