import type { LookupFunction } from "node:net";
import type { BalancedEndpoint } from "@intramesh/balancing";
import type { ClusterPolicy, Endpoint, EndpointState } from "@intramesh/core";
import type { HostConnections, OutlierHost } from "@intramesh/resilience";
import type { Edge } from "@intramesh/telemetry";
import type { Connection, EndpointPools } from "@intramesh/transport";

/** An endpoint as one cluster uses it: its state, its connections, its metrics. */
export interface ClusterEndpoint extends BalancedEndpoint {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
  readonly edge: Edge;
  /** Its share of the cluster's ceilings. */
  readonly connections: HostConnections;
  /** What outlier detection remembers of it; undefined where there is none. */
  outlier: OutlierHost | undefined;
  connection(scheme: string): Connection;
}

/** Settings of a policy that a pool of connections is made with. */
export function connectionSettings(policy: ClusterPolicy): string {
  const { tls, nameResolution, connectTimeoutMs, connectionPool } = policy;
  return `${tls} ${nameResolution} ${connectTimeoutMs} ${connectionPool?.idleTimeoutMs} ${connectionPool?.maxConnectionDurationMs} ${connectionPool?.maxRequestsPerConnection} ${JSON.stringify(connectionPool?.keepAlive)}`;
}

/** Opens the pools of an endpoint when they are first used. */
export function connectionsOf(
  endpoint: Endpoint,
  policy: ClusterPolicy,
  pools: EndpointPools,
  lookup: LookupFunction,
  onDisconnect: () => void,
): ClusterEndpoint["connection"] {
  const { key, host, nameResolution, connectTimeoutMs, connectionPool } = policy;
  const open = (tls: boolean): Connection =>
    pools.connect(endpoint, {
      // Ceilings count the connections of one cluster; others may share theirs.
      ...(connectionPool === undefined ? {} : { owner: key, onDisconnect }),
      tls,
      lookup: nameResolution === "LOGICAL_DNS" ? lookup : undefined,
      serverName: host,
      connectTimeoutMs,
      idleTimeoutMs: connectionPool?.idleTimeoutMs,
      keepAlive: connectionPool?.keepAlive,
      maxConnectionDurationMs: connectionPool?.maxConnectionDurationMs,
      maxRequestsPerConnection: connectionPool?.maxRequestsPerConnection ?? 0,
    });
  let plain: Connection | undefined;
  let secure: Connection | undefined;
  return (scheme) => {
    if (scheme === "https" || policy.tls === "SIMPLE") {
      secure ??= open(true);
      return secure;
    }
    plain ??= open(false);
    return plain;
  };
}
