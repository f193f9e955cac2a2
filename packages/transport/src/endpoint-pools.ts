import type { Endpoint, Exchange, Outcome } from "@intramesh/core";
import type { Dispatcher } from "undici";
import { Attempt } from "./attempt.ts";
import { Agent, Pool } from "./undici-parts.ts";

/** A way to one endpoint: a pool of connections of its own. */
export interface Connection {
  send(exchange: Exchange): Promise<Outcome>;
  /** For upgrades, which leave HTTP behind: hands the caller's own handler to the pool. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean;
}

/** Pools by endpoint and transport security; kept while anybody routes to the endpoint. */
export interface EndpointPools {
  connect(endpoint: Endpoint, options: ConnectionOptions): Connection;
  /** The original destination, whatever it is: what Envoy calls PassthroughCluster. */
  readonly passthrough: Connection;
  /** Closes the pools of endpoints that are not in `ids`, each when its last request has ended. */
  keepOnly(ids: Pick<ReadonlySet<string>, "has">): void;
  close(): Promise<void>;
}

export interface ConnectionOptions {
  readonly tls: boolean;
  /** Name for SNI and certificate check. */
  readonly serverName: string;
  readonly connectTimeoutMs: number;
  /** Undefined: as long as both sides like. */
  readonly maxConnectionDurationMs?: number | undefined;
  /** 1: a connection for each request; 0: no limit. Beyond 1 a connection is closed after this many on average. */
  readonly maxRequestsPerConnection?: number;
}

/** Envoy has no limit of its own on waiting for a head or between two chunks; the mesh's timeouts stand above. */
const noTimeout = { headersTimeout: 0, bodyTimeout: 0 };

export function createEndpointPools(): EndpointPools {
  const pools = new Map<
    string,
    { readonly pool: Pool; readonly connection: Connection; readonly endpointId: string }
  >();
  const agent = new Agent({ ...noTimeout });
  const retiring = new Set<Promise<void>>();

  function retire(key: string, pool: Pool): void {
    pools.delete(key);
    const closed = pool.close().catch(() => undefined);
    retiring.add(closed);
    void closed.then(() => retiring.delete(closed));
  }

  return {
    passthrough: connectionOf(agent, true),
    connect(endpoint, { tls, serverName, connectTimeoutMs, maxConnectionDurationMs, maxRequestsPerConnection = 0 }) {
      const key = `${endpoint.id}|${tls ? serverName : ""}|${connectTimeoutMs}|${maxConnectionDurationMs}|${maxRequestsPerConnection}`;
      const known = pools.get(key);
      if (known !== undefined) return known.connection;
      const host = endpoint.address.includes(":") ? `[${endpoint.address}]` : endpoint.address;
      const pool = new Pool(`${tls ? "https" : "http"}://${host}:${endpoint.port}`, {
        ...noTimeout,
        allowH2: false,
        connectTimeout: connectTimeoutMs,
        ...(maxConnectionDurationMs === undefined ? {} : { clientTtl: maxConnectionDurationMs }),
        ...(tls ? { connect: { servername: serverName, timeout: connectTimeoutMs } } : {}),
      });
      const connection = connectionOf(pool, false, maxRequestsPerConnection);
      pools.set(key, { pool, connection, endpointId: endpoint.id });
      return connection;
    },
    keepOnly(ids) {
      for (const [key, { pool, endpointId }] of pools) if (!ids.has(endpointId)) retire(key, pool);
    },
    async close() {
      for (const [key, { pool }] of pools) retire(key, pool);
      await Promise.all([...retiring, agent.close()]);
    },
  };
}

function connectionOf(dispatcher: Dispatcher, byOrigin: boolean, maxRequests = 0): Connection {
  let sent = 0;
  return {
    dispatch: (options, handler) => dispatcher.dispatch(options, handler),
    send(exchange) {
      return new Promise((resolve) => {
        const attempt = new Attempt(exchange, resolve);
        const { flat } = exchange.headers;
        const headers = ["host", exchange.authority, ...flat];
        const body = exchange.body.open() as Dispatcher.DispatchOptions["body"];
        const { path, method } = exchange;
        // The Agent looks its pool up by origin, a Pool has one.
        const options = byOrigin
          ? { origin: `${exchange.scheme}://${exchange.authority}`, path, method, headers, body: body ?? null }
          : { path, method, headers, body: body ?? null, reset: maxRequests > 0 && ++sent % maxRequests === 0 };
        try {
          dispatcher.dispatch(options, attempt);
        } catch (error) {
          attempt.onResponseError(undefined as never, error as Error);
        }
      });
    },
  };
}
