import { type ConnectionPoolPolicy, noCeiling, parseDurationMs, type RetryCeiling } from "@intramesh/core";
import type { ConnectionPoolSpec, PolicyBlock, TrafficPolicy } from "../spec/destination-rule.ts";

/** Envoy's retry budget where a block says nothing (config/cluster/v3/circuit_breaker.proto). */
const defaultBudget = { percent: 20, minConcurrency: 3, intervalMs: 0 } as const;

type TcpSpec = NonNullable<ConnectionPoolSpec["tcp"]>;
type HttpSpec = NonNullable<ConnectionPoolSpec["http"]>;

/** Form of a trafficPolicy's `retryBudget`, as the shape of a DestinationRule checks it. */
interface RetryBudgetBlock {
  readonly percent?: number;
  readonly minRetryConcurrency?: number;
  readonly budgetInterval?: string;
}

/** What a cluster's ceilings come from. */
export interface PoolSource {
  /** Null: nobody wrote one. */
  readonly connectionPool: PolicyBlock | null;
  /** Of the same trafficPolicy; takes the place of `maxRetries`. */
  readonly retryBudget: PolicyBlock | undefined;
  /** The mesh's own, in milliseconds. */
  readonly connectTimeoutMs: number;
}

/** Undefined where nobody wrote either block: there is no ceiling then. */
export function translateConnectionPool(source: PoolSource): ConnectionPoolPolicy | undefined {
  const { connectionPool, retryBudget } = source;
  if (connectionPool === null && retryBudget === undefined) return undefined;
  // The blocks have been checked to have these forms.
  const { tcp = {}, http = {} } = (connectionPool ?? {}) as ConnectionPoolSpec;
  return {
    maxConnections: ceiling(tcp.maxConnections),
    maxPendingRequests: ceiling(http.http1MaxPendingRequests),
    maxRequests: ceiling(http.http2MaxRequests),
    retries:
      retryBudget === undefined
        ? { kind: "fixed", max: ceiling(http.maxRetries) }
        : retryCeiling(retryBudget as RetryBudgetBlock),
    maxRequestsPerConnection: ceiling(http.maxRequestsPerConnection),
    connectTimeoutMs: durationOf(tcp.connectTimeout) ?? source.connectTimeoutMs,
    idleTimeoutMs: durationOf(http.idleTimeout) ?? durationOf(tcp.idleTimeout),
    maxConnectionDurationMs: durationOf(tcp.maxConnectionDuration),
    keepAlive: keepAliveOf(tcp),
    http2: http2Of(http),
  };
}

/**
 * The `retryBudget` that holds for a port of a subset. Settings of the rule for the port leave it out, and with it the
 * rule's own; a subset's stands above both.
 */
export function findRetryBudget(
  rule: TrafficPolicy | undefined,
  subset: TrafficPolicy | undefined,
  port: number,
): PolicyBlock | undefined {
  if (subset?.retryBudget !== undefined) return subset.retryBudget;
  const hasPortSettings = rule?.portLevelSettings?.some((settings) => settings.port?.number === port) ?? false;
  return hasPortSettings ? undefined : rule?.retryBudget;
}

function retryCeiling({ percent, minRetryConcurrency, budgetInterval }: RetryBudgetBlock): RetryCeiling {
  return {
    kind: "budget",
    percent: percent ?? defaultBudget.percent,
    minConcurrency: minRetryConcurrency ?? defaultBudget.minConcurrency,
    intervalMs: durationOf(budgetInterval) ?? defaultBudget.intervalMs,
  };
}

function keepAliveOf({ tcpKeepalive }: TcpSpec): ConnectionPoolPolicy["keepAlive"] {
  if (tcpKeepalive === undefined) return undefined;
  return {
    probes: tcpKeepalive.probes,
    timeMs: durationOf(tcpKeepalive.time),
    intervalMs: durationOf(tcpKeepalive.interval),
  };
}

function http2Of(http: HttpSpec): ConnectionPoolPolicy["http2"] {
  return {
    upgrade: http.h2UpgradePolicy ?? "DEFAULT",
    useClientProtocol: http.useClientProtocol ?? false,
    maxConcurrentStreams: ceiling(http.maxConcurrentStreams),
    pingIntervalMs: durationOf(http.http2KeepAlive?.interval),
    pingTimeoutMs: durationOf(http.http2KeepAlive?.timeout),
  };
}

/** 0 is unset in Istio's reading. */
function ceiling(written: number | undefined): number {
  return written || noCeiling;
}

function durationOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDurationMs(text);
}
