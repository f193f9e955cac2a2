import type { LookupFunction } from "node:net";
import { buildConnector, type Connector } from "./undici-parts.ts";

/** Istio's `connectionPool.tcp.tcpKeepalive`; what is left out is as Linux has it. */
export interface KeepAliveProbes {
  /** Time without traffic before the first probe, in ms; 7,200,000. */
  readonly timeMs?: number | undefined;
  /** Between probes, in ms; 75,000. Node before 24.19 always takes 1,000. */
  readonly intervalMs?: number | undefined;
  /** Probes without an answer before the connection is given up; 9. Node before 24.19 always takes 10. */
  readonly probes?: number | undefined;
}

/** tcp(7): tcp_keepalive_time, tcp_keepalive_intvl, tcp_keepalive_probes. */
const linuxProbes = { timeMs: 7_200_000, intervalMs: 75_000, probes: 9 };

/** How connections are opened. */
export interface ConnectorOptions {
  /** Name for SNI and certificate check; undefined: plain TCP. */
  readonly serverName: string | undefined;
  /** 0: for as long as the kernel tries. */
  readonly timeoutMs: number;
  /** Undefined: a probe after a minute without traffic, as undici has it. */
  readonly keepAlive?: KeepAliveProbes | undefined;
  /** Where a name leads; undefined: the system is asked. */
  readonly lookup?: LookupFunction | undefined;
}

/**
 * Opens connections with a limit that is kept to the millisecond. undici's own limit is checked by a timer that ticks
 * twice a second: 300 ms there are a second.
 */
export function createConnector({ serverName, timeoutMs, lookup, keepAlive }: ConnectorOptions): Connector {
  const open = buildConnector({
    timeout: 0,
    allowH2: false,
    ...(lookup === undefined ? {} : { lookup }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  });
  const connect = keepAlive === undefined ? open : probing(open, keepAlive);
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

function probing(open: Connector, keepAlive: KeepAliveProbes): Connector {
  const { timeMs, intervalMs, probes } = keepAlive;
  const time = wholeSeconds(timeMs ?? linuxProbes.timeMs);
  const interval = wholeSeconds(intervalMs ?? linuxProbes.intervalMs);
  const count = probes || linuxProbes.probes;
  return (...parameters) => open(...parameters).setKeepAlive(true, time, interval, count);
}

/** The kernel counts seconds, and Node rounds down. */
function wholeSeconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1_000) * 1_000;
}
