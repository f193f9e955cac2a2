import type { LookupFunction } from "node:net";
import type { Endpoint, Exchange, Outcome, ResetReason } from "@intramesh/core";
import type { Dispatcher } from "undici";
import { Attempt } from "./attempt.ts";
import { createConnector, type KeepAliveProbes } from "./connector.ts";
import { originalOrigin } from "./http-exchange.ts";
import { movingBody } from "./moving-body.ts";
import { Agent, Pool } from "./undici-parts.ts";

/** A way to one endpoint: a pool of connections of its own. */
export interface Connection {
  send(exchange: Exchange): Promise<Outcome>;
  /** For upgrades, which leave HTTP behind: hands the caller's own handler to the pool. */
  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean;
}

/** What is the same for all attempts. */
interface Sending {
  readonly shield: DispatchShield;
  readonly bodyIdleTimeoutMs: number;
}

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

export interface ConnectionOptions {
  /** Sets pools of one endpoint apart; those who count connections need one of their own. */
  readonly owner?: string;
  /** A connection was closed, by whichever side. */
  readonly onDisconnect?: (() => void) | undefined;
  readonly tls: boolean;
  /** Name for SNI and certificate check. */
  readonly serverName: string;
  readonly connectTimeoutMs: number;
  /** How long a connection without a request is kept; 0: for ever. Undefined: as undici does, 4 s or what the server says. */
  readonly idleTimeoutMs?: number | undefined;
  /** Undefined: a probe after a minute without traffic, ten more a second apart. */
  readonly keepAlive?: KeepAliveProbes | undefined;
  /** Undefined: as long as both sides like. */
  readonly maxConnectionDurationMs?: number | undefined;
  /** Where an endpoint leads that has a name for its address; undefined: the system is asked for each connection. */
  readonly lookup?: LookupFunction | undefined;
  /** 1: a connection for each request; 0: no limit. Beyond 1 a connection is closed after this many on average. */
  readonly maxRequestsPerConnection?: number;
}

/** Envoy's `stream_idle_timeout`, and what undici and the fetch that is built into Node allow between two chunks. */
export const defaultBodyIdleTimeoutMs = 300_000;

/** Endings that leave open whether the endpoint is still there. */
const silent: ReadonlySet<ResetReason> = new Set<ResetReason>(["timeout", "per try timeout"]);

/**
 * Something to surround a dispatch with, undefined where there is nothing at the moment. Asked for each attempt. The mesh
 * hides its attempts from other instrumentation by it.
 */
export type DispatchShield = () => ((dispatch: () => void) => void) | undefined;

const noShield: DispatchShield = () => undefined;

/**
 * `shield` stands around every attempt and every upgrade. A body, of a request or a response, of which not a
 * byte moves for `bodyIdleTimeoutMs` is broken off, to within a second; 0: never.
 */
export function createEndpointPools(
  shield: DispatchShield = noShield,
  bodyIdleTimeoutMs: number = defaultBodyIdleTimeoutMs,
): EndpointPools {
  // The mesh's own timeouts wait for the head.
  const timeouts = { headersTimeout: 0, bodyTimeout: bodyIdleTimeoutMs };
  const pools = new Map<string, { readonly pooled: PooledConnection; readonly endpointId: string }>();
  const agent = new Agent(timeouts);
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
    passthrough: passthroughOf(agent, passing, { shield, bodyIdleTimeoutMs }),
    connect(endpoint, options) {
      const { owner = "", tls, serverName, connectTimeoutMs, maxConnectionDurationMs } = options;
      const { maxRequestsPerConnection = 0, onDisconnect, idleTimeoutMs, lookup, keepAlive } = options;
      const key = `${owner}|${endpoint.id}|${tls ? serverName : ""}|${connectTimeoutMs}|${idleTimeoutMs}|${maxConnectionDurationMs}|${maxRequestsPerConnection}|${lookup === undefined ? "" : "followed"}|${JSON.stringify(keepAlive)}`;
      const known = pools.get(key);
      if (known !== undefined) return known.pooled;
      const host = endpoint.address.includes(":") ? `[${endpoint.address}]` : endpoint.address;
      const connect = createConnector({
        serverName: tls ? serverName : undefined,
        timeoutMs: connectTimeoutMs,
        keepAlive,
        lookup,
      });
      const open = (): Pool => {
        const pool = new Pool(`${tls ? "https" : "http"}://${host}:${endpoint.port}`, {
          ...timeouts,
          allowH2: false,
          connect,
          ...(idleTimeoutMs === undefined ? {} : keptFor(idleTimeoutMs)),
          ...(maxConnectionDurationMs === undefined ? {} : { clientTtl: maxConnectionDurationMs }),
        });
        if (onDisconnect !== undefined) pool.on("disconnect", onDisconnect);
        return pool;
      };
      const pooled = new PooledConnection(open, retire, maxRequestsPerConnection, { shield, bodyIdleTimeoutMs });
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

/** The longest that a timer of Node can wait. */
const forEverMs = 2 ** 31 - 1;

/** undici takes what the server says where that is shorter. */
function keptFor(idleTimeoutMs: number): { readonly keepAliveTimeout: number; readonly keepAliveMaxTimeout: number } {
  const timeout = idleTimeoutMs === 0 ? forEverMs : idleTimeoutMs;
  return { keepAliveTimeout: timeout, keepAliveMaxTimeout: timeout };
}

/**
 * A pool of connections that is replaced where its connections may be dead. A NAT or a firewall that forgets its flows
 * forgets all of them at once, and nobody hears of it: where an attempt ran into its timeout and the endpoint said nothing
 * meanwhile on any connection, new requests get new connections.
 */
class PooledConnection implements Connection {
  readonly #open: () => Pool;
  readonly #retire: (pool: Pool) => void;
  readonly #maxRequests: number;
  readonly #sending: Sending;
  #pool: Pool;
  /** Response heads that came from the endpoint. */
  #heard = 0;
  #sent = 0;

  constructor(open: () => Pool, retire: (pool: Pool) => void, maxRequests: number, sending: Sending) {
    this.#sending = sending;
    this.#open = open;
    this.#retire = retire;
    this.#maxRequests = maxRequests;
    this.#pool = open();
  }

  dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const pool = this.#pool;
    return shielded(this.#sending.shield, () => pool.dispatch(options, handler));
  }

  send(exchange: Exchange): Promise<Outcome> {
    const pool = this.#pool;
    const heard = this.#heard;
    return new Promise((resolve) => {
      const attempt = new Attempt(
        exchange,
        (outcome) => {
          if (outcome.kind === "response") this.#heard += 1;
          else if (silent.has(outcome.reason) && !outcome.beforeRequest && this.#heard === heard) this.#suspect(pool);
          resolve(outcome);
        },
        this.#sending.bodyIdleTimeoutMs,
      );
      this.#sent += 1;
      const reset = this.#maxRequests > 0 && this.#sent % this.#maxRequests === 0;
      dispatchAttempt(pool, exchange, attempt, { reset }, this.#sending);
    });
  }

  close(): void {
    this.#retire(this.#pool);
  }

  /** Once for each pool: those that were sent on it together time out together. */
  #suspect(pool: Pool): void {
    if (pool !== this.#pool) return;
    this.#pool = this.#open();
    this.#retire(pool);
  }
}

function shielded(shield: DispatchShield, dispatch: () => boolean): boolean {
  const surround = shield();
  if (surround === undefined) return dispatch();
  let isFree = false;
  surround(() => {
    isFree = dispatch();
  });
  return isFree;
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

/** undici does not say that it takes chunks. */
type Body = NonNullable<Dispatcher.DispatchOptions["body"]> | null;

function dispatchAttempt(
  dispatcher: Dispatcher,
  exchange: Exchange,
  attempt: Attempt,
  extra: { readonly origin: string } | { readonly reset: boolean },
  { shield, bodyIdleTimeoutMs }: Sending,
): void {
  const { path, method, authority } = exchange;
  const headers = ["host", authority, ...exchange.headers.flat];
  const opened = exchange.body.open();
  const chunked = bodyIdleTimeoutMs > 0 && opened !== null && typeof opened === "object" && !ArrayBuffer.isView(opened);
  const body = chunked
    ? movingBody(opened as AsyncIterable<Uint8Array>, bodyIdleTimeoutMs, () => attempt.stall())
    : opened;
  try {
    const options = { path, method, headers, body: body as Body, ...extra };
    const surround = shield();
    if (surround === undefined) dispatcher.dispatch(options, attempt);
    else surround(() => dispatcher.dispatch(options, attempt));
  } catch (error) {
    attempt.onResponseError(undefined as never, error as Error);
  }
}
