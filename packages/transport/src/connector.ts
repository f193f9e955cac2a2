import type { LookupFunction } from "node:net";
import { buildConnector, type Connector } from "./undici-parts.ts";

export interface ConnectorOptions {
  /** Name for SNI and certificate check; undefined: plain TCP. */
  readonly serverName: string | undefined;
  /** 0: for as long as the kernel tries. */
  readonly timeoutMs: number;
  /** Where a name leads; undefined: the system is asked. */
  readonly lookup?: LookupFunction | undefined;
}

/**
 * Opens connections with a limit that is kept to the millisecond. undici's own limit is checked by a timer that ticks
 * twice a second: 300 ms there are a second.
 */
export function createConnector({ serverName, timeoutMs, lookup }: ConnectorOptions): Connector {
  const connect = buildConnector({
    timeout: 0,
    allowH2: false,
    ...(lookup === undefined ? {} : { lookup }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
  if (timeoutMs <= 0) return connect;
  return (options, callback) => {
    const socket = connect(options, (...result) => {
      clearTimeout(timer);
      callback(...result);
    });
    const timer = setTimeout(() => {
      const where = `${options.hostname}:${options.port}`;
      const error = new Error(`no connection to ${where} within ${timeoutMs} ms`);
      socket.destroy(Object.assign(error, { code: "UND_ERR_CONNECT_TIMEOUT" }));
    }, timeoutMs);
    return socket;
  };
}
