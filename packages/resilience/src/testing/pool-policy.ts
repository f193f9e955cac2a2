import type { ConnectionPoolPolicy } from "@intramesh/core";

/** No ceiling, in Envoy's figures. */
export const unlimited: number = 2 ** 32 - 1;

/** A pool without ceilings, but for `parts`. */
export function poolOf(parts: Partial<ConnectionPoolPolicy> = {}): ConnectionPoolPolicy {
  return {
    maxConnections: unlimited,
    maxPendingRequests: unlimited,
    maxRequests: unlimited,
    retries: { kind: "fixed", max: unlimited },
    maxRequestsPerConnection: unlimited,
    connectTimeoutMs: 10_000,
    idleTimeoutMs: 3_600_000,
    maxConnectionDurationMs: undefined,
    keepAlive: undefined,
    http2: {
      upgrade: "DEFAULT",
      useClientProtocol: false,
      maxConcurrentStreams: unlimited,
      pingIntervalMs: undefined,
      pingTimeoutMs: undefined,
    },
    ...parts,
  };
}
