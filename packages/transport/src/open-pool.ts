import type { LookupFunction } from "node:net";
import type { Endpoint } from "@intramesh/core";
import { createConnector, type KeepAliveProbes } from "./connector.ts";
import { Pool } from "./undici-parts.ts";

/** How the connections to an endpoint are made and kept. */
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

/** What makes a pool another one: connections under the same key are as good as each other. */
export function poolKey(endpoint: Endpoint, options: ConnectionOptions): string {
  const { owner = "", tls, serverName, connectTimeoutMs, maxConnectionDurationMs } = options;
  const { maxRequestsPerConnection = 0, idleTimeoutMs, lookup, keepAlive } = options;
  return [
    owner,
    endpoint.id,
    tls ? serverName : "",
    connectTimeoutMs,
    idleTimeoutMs,
    maxConnectionDurationMs,
    maxRequestsPerConnection,
    lookup === undefined ? "" : "followed",
    JSON.stringify(keepAlive),
  ].join("|");
}

/** A pool without a connection yet. `bodyIdleTimeoutMs`: see `createEndpointPools`. */
export function openPool({ address, port }: Endpoint, options: ConnectionOptions, bodyIdleTimeoutMs: number): Pool {
  const { tls, serverName, connectTimeoutMs, maxConnectionDurationMs } = options;
  const { onDisconnect, idleTimeoutMs, lookup, keepAlive } = options;
  const host = address.includes(":") ? `[${address}]` : address;
  const pool = new Pool(`${tls ? "https" : "http"}://${host}:${port}`, {
    ...headTimeouts(bodyIdleTimeoutMs),
    allowH2: false,
    connect: createConnector({
      serverName: tls ? serverName : undefined,
      timeoutMs: connectTimeoutMs,
      keepAlive,
      lookup,
    }),
    ...(idleTimeoutMs === undefined ? {} : keptFor(idleTimeoutMs)),
    ...(maxConnectionDurationMs === undefined ? {} : { clientTtl: maxConnectionDurationMs }),
  });
  if (onDisconnect !== undefined) pool.on("disconnect", onDisconnect);
  return pool;
}

/** undici's own timeouts: the mesh's wait for the head. */
export function headTimeouts(bodyIdleTimeoutMs: number): {
  readonly headersTimeout: number;
  readonly bodyTimeout: number;
} {
  return { headersTimeout: 0, bodyTimeout: bodyIdleTimeoutMs };
}

/** The longest that a timer of Node can wait. */
const forEverMs = 2 ** 31 - 1;

/** undici takes what the server says where that is shorter. */
function keptFor(idleTimeoutMs: number): { readonly keepAliveTimeout: number; readonly keepAliveMaxTimeout: number } {
  const timeout = idleTimeoutMs === 0 ? forEverMs : idleTimeoutMs;
  return { keepAliveTimeout: timeout, keepAliveMaxTimeout: timeout };
}
