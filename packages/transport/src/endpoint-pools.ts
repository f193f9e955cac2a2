import type { Endpoint } from "@intramesh/core";
import { Attempt } from "./attempt.ts";
import { type DispatchShield, dispatchAttempt, type Sending, shielded } from "./dispatch-attempt.ts";
import { originalOrigin } from "./http-exchange.ts";
import { type ConnectionOptions, headTimeouts, openPool, poolKey } from "./open-pool.ts";
import { type Connection, PooledConnection } from "./pooled-connection.ts";
import { Agent, type Pool } from "./undici-parts.ts";

/** Pools by endpoint and transport security; kept while anybody routes to the endpoint. */
export interface EndpointPools {
  connect(endpoint: Endpoint, options: ConnectionOptions): Connection;
  /** The original destination, whatever it is: what Envoy calls PassthroughCluster. */
  readonly passthrough: Connection;
  /** Closes the pools of endpoints that are not in `ids`, each when its last request has ended. */
  keepOnly(ids: Pick<ReadonlySet<string>, "has">): void;
  /** Resolves when the last request has ended; connections without one are closed at once. */
  close(): Promise<void>;
  /** After `close`: breaks off what still runs, so that it resolves. */
  destroy(): void;
}

/** Envoy's `stream_idle_timeout`, and what undici and the fetch that is built into Node allow between two chunks. */
export const defaultBodyIdleTimeoutMs = 300_000;

const noShield: DispatchShield = () => undefined;

/**
 * `shield` stands around every attempt and every upgrade. A body, of a request or a response, of which not a
 * byte moves for `bodyIdleTimeoutMs` is broken off, to within a second; 0: never.
 */
export function createEndpointPools(
  shield: DispatchShield = noShield,
  bodyIdleTimeoutMs: number = defaultBodyIdleTimeoutMs,
): EndpointPools {
  const sending = { shield, bodyIdleTimeoutMs };
  const pools = new Map<string, { readonly pooled: PooledConnection; readonly endpointId: string }>();
  const agent = new Agent(headTimeouts(bodyIdleTimeoutMs));
  /** Pools that close as soon as their last request has ended. */
  const retiring = new Map<Pool, Promise<void>>();

  const destroyed = withResolver();
  /** What runs on its way to its original destination. */
  const passing = new Set<Attempt>();

  function retire(pool: Pool): void {
    const closed = pool.close().catch(() => undefined);
    retiring.set(pool, closed);
    void closed.then(() => retiring.delete(pool));
  }

  return {
    passthrough: passthroughOf(agent, passing, sending),
    connect(endpoint, options) {
      const key = poolKey(endpoint, options);
      const known = pools.get(key);
      if (known !== undefined) return known.pooled;
      const open = (): Pool => openPool(endpoint, options, bodyIdleTimeoutMs);
      const pooled = new PooledConnection(open, retire, options.maxRequestsPerConnection ?? 0, sending);
      pools.set(key, { pooled, endpointId: endpoint.id });
      return pooled;
    },
    keepOnly(ids) {
      for (const [key, { pooled, endpointId }] of pools) {
        if (ids.has(endpointId)) continue;
        pools.delete(key);
        pooled.close();
      }
    },
    async close() {
      for (const { pooled } of pools.values()) pooled.close();
      pools.clear();
      const ended = Promise.all([...retiring.values(), agent.close()]);
      // What undici destroys as it closes is never told to be closed.
      await Promise.race([ended, destroyed.promise]);
    },
    destroy() {
      const error = Object.assign(new Error("the mesh is closed"), { code: "UND_ERR_DESTROYED" });
      for (const pool of retiring.keys()) void pool.destroy(error);
      // An Agent that closes knows its pools no more.
      for (const attempt of passing) attempt.cancel({ kind: "closing" });
      destroyed.resolve();
    },
  };
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((resolver) => (resolve = resolver));
  return { promise, resolve };
}

function passthroughOf(agent: Agent, passing: Set<Attempt>, sending: Sending): Connection {
  return {
    dispatch: (options, handler) => shielded(sending.shield, () => agent.dispatch(options, handler)),
    send: (exchange) =>
      new Promise((resolve) => {
        // The Agent looks its pool up by origin, a Pool has one.
        const origin = originalOrigin(exchange);
        const attempt = new Attempt(exchange, resolve, sending.bodyIdleTimeoutMs);
        passing.add(attempt);
        attempt.onSettled(() => passing.delete(attempt));
        dispatchAttempt(agent, exchange, attempt, { origin }, sending);
      }),
  };
}
