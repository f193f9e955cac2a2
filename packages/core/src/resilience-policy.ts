/*
 * What guards a cluster, complete and defaulted. `undefined` says "none". Istio's two blocks come first, then what a
 * ResiliencePolicy adds.
 */

/** Istio's `outlierDetection`: when an endpoint is left out of the balancing, and for how long. */
export interface OutlierDetectionPolicy {
  /** 5xx in a row that eject; 0 is off. */
  readonly consecutive5xxErrors: number;
  /** 502, 503 and 504 in a row that eject; 0 is off. */
  readonly consecutiveGatewayErrors: number;
  /** Connect failures, resets and timeouts in a row that eject; 0 is off, as it is without the split. */
  readonly consecutiveLocalOriginFailures: number;
  /** True: failures that the endpoint did not answer itself have a counter of their own instead of counting as 5xx. */
  readonly splitLocalOriginErrors: boolean;
  /** Statuses that count as errors in place of the 5xx class; undefined: the 5xx class. */
  readonly httpErrorCodes: readonly number[] | undefined;
  /** Milliseconds between two looks at who may return. */
  readonly intervalMs: number;
  /** An ejection lasts this times its number in the row, in milliseconds. */
  readonly baseEjectionMs: number;
  /** No ejection lasts longer, in milliseconds. */
  readonly maxEjectionMs: number;
  /** Share of the cluster's endpoints that may be ejected at once, 0 to 100. Nobody is ejected above it, not even one. */
  readonly maxEjectionPercent: number;
  /** Below this share of healthy endpoints, 0 to 100, health is ignored; 0: never. */
  readonly minHealthPercent: number;
}

/** How many retries may run at once: Envoy's fixed ceiling, or its budget. */
export type RetryCeiling =
  | { readonly kind: "fixed"; readonly max: number }
  | {
      readonly kind: "budget";
      /** Share of the requests that are active or pending, 0 to 100. */
      readonly percent: number;
      /** Always allowed, however few the requests. */
      readonly minConcurrency: number;
      /** Requests begun in this many milliseconds count too; 0: only those that run. */
      readonly intervalMs: number;
    };

/** Istio's `connectionPool`. The ceilings count over all endpoints of a cluster; 2³²−1 is no ceiling. */
export interface ConnectionPoolPolicy {
  /** Above it requests wait; an endpoint without a connection still gets one. */
  readonly maxConnections: number;
  /** Requests that wait for a connection; above it 503 `UO`. */
  readonly maxPendingRequests: number;
  /** Requests on their way; above it 503 `UO`. */
  readonly maxRequests: number;
  readonly retries: RetryCeiling;
  /** 1 switches keep-alive off. */
  readonly maxRequestsPerConnection: number;
  readonly connectTimeoutMs: number;
  /**
   * How long a connection without a request is kept, in milliseconds; 0: for ever. Undefined: a few seconds, or as long
   * as the server says that it will. (Envoy: an hour, which meets servers that hang up sooner.)
   */
  readonly idleTimeoutMs: number | undefined;
  /** Undefined: for ever. */
  readonly maxConnectionDurationMs: number | undefined;
  /** Undefined: the host's own settings. */
  readonly keepAlive:
    | {
        readonly probes: number | undefined;
        readonly timeMs: number | undefined;
        readonly intervalMs: number | undefined;
      }
    | undefined;
  readonly http2: {
    readonly upgrade: "DEFAULT" | "DO_NOT_UPGRADE" | "UPGRADE";
    readonly useClientProtocol: boolean;
    readonly maxConcurrentStreams: number;
    readonly pingIntervalMs: number | undefined;
    readonly pingTimeoutMs: number | undefined;
  };
}

/** Hystrix's breaker: opens on the share of failures in a window, lets one probe through after a while. */
export interface CircuitBreakerPolicy {
  /** Opens at this share of failures and above, 0 to 100. */
  readonly errorThresholdPercentage: number;
  /** Requests in the window below which it stays closed. */
  readonly volumeThreshold: number;
  readonly rollingWindowMs: number;
  /** Milliseconds from opening to the probe. */
  readonly resetTimeoutMs: number;
  /** Limit of one call in milliseconds; undefined: the route's timeouts only. */
  readonly timeoutMs: number | undefined;
  /** What an operator decided in place of the window. */
  readonly force: "OPEN" | "CLOSED" | undefined;
}

/** At most so many at once; more wait, more than that are refused. */
export interface BulkheadPolicy {
  readonly maxConcurrent: number;
  readonly maxQueue: number;
}

/** Finagle's retry budget: each request earns a share of a retry, what is earned lapses after a while. */
export interface RetryBudgetPolicy {
  /** Retries as a share of requests, 0 to 100. */
  readonly percent: number;
  /** Retries allowed besides, however few the requests. */
  readonly minRetriesPerSecond: number;
  readonly ttlMs: number;
}

/** A second try beside the first where that is slow. */
export interface HedgingPolicy {
  /** Milliseconds from one try to the next. */
  readonly delayMs: number;
  readonly maxHedges: number;
}

/** What the caller gets where the request has failed for good. */
export interface FallbackPolicy {
  readonly action:
    | {
        readonly kind: "respond";
        readonly status: number;
        readonly body: string;
        readonly headers: Readonly<Record<string, string>>;
      }
    | { readonly kind: "destination"; readonly host: string; readonly subset: string | undefined };
  /** Fallbacks at once; more than that get the failure itself. */
  readonly maxConcurrent: number;
}

/** A token bucket of this process: full at first, filled evenly. */
export interface RateLimitPolicy {
  /** Tokens of a full bucket, and how many come in `intervalMs`. */
  readonly requests: number;
  readonly intervalMs: number;
  /** Who shares a bucket: all calls, those of one route, those of one caller. */
  readonly per: "all" | "route" | "caller";
}

/** A ceiling that follows the latency (Netflix's Gradient2). */
export interface AdaptiveConcurrencyPolicy {
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

/** What the ResiliencePolicies of one host and subset mean together. */
export interface ResiliencePolicy {
  /** `namespace/name` of each that had a say, the most specific first. */
  readonly names: readonly string[];
  readonly circuitBreaker: CircuitBreakerPolicy | undefined;
  readonly bulkhead: BulkheadPolicy | undefined;
  readonly retryBudget: RetryBudgetPolicy | undefined;
  readonly hedging: HedgingPolicy | undefined;
  readonly fallback: FallbackPolicy | undefined;
  /** Methods in upper case whose identical requests share one upstream call. */
  readonly collapse: { readonly methods: readonly string[] } | undefined;
  /** On the caller's side. */
  readonly rateLimit: RateLimitPolicy | undefined;
  /** On the server's side. */
  readonly inboundRateLimit: RateLimitPolicy | undefined;
  readonly adaptiveConcurrency: AdaptiveConcurrencyPolicy | undefined;
  /** In place of the DestinationRule's. */
  readonly loadBalancer: "peakEwma" | "eventLoopAware" | undefined;
  /** Endpoints that one process balances over; undefined: all. */
  readonly subsetSize: number | undefined;
}
