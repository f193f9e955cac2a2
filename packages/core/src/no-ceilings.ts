import type { ConnectionPoolPolicy } from "./resilience-policy.ts";

/** Istio's "no ceiling", the largest number of the fields' type (pilot/pkg/networking/core/cluster_traffic_policy.go). */
export const noCeiling: number = 2 ** 32 - 1;

/** What holds where nobody wrote a `connectionPool`. */
export const noCeilings: ConnectionPoolPolicy = {
  maxConnections: noCeiling,
  maxPendingRequests: noCeiling,
  maxRequests: noCeiling,
  retries: { kind: "fixed", max: noCeiling },
  maxRequestsPerConnection: noCeiling,
  connectTimeoutMs: 10_000,
  idleTimeoutMs: undefined,
  maxConnectionDurationMs: undefined,
  keepAlive: undefined,
  http2: {
    upgrade: "DEFAULT",
    useClientProtocol: false,
    maxConcurrentStreams: noCeiling,
    pingIntervalMs: undefined,
    pingTimeoutMs: undefined,
  },
};
