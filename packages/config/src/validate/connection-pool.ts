import type { ConnectionPoolSpec } from "../spec/destination-rule.ts";
import { checkDuration, checkDurationOrZero } from "./durations.ts";
import type { Place } from "./place.ts";

/** Checks a connectionPool block. */
export function checkConnectionPool({ tcp, http }: ConnectionPoolSpec, place: Place): void {
  if (tcp === undefined && http === undefined) place.error("is empty: it needs http or tcp settings; or drop it");
  if (tcp !== undefined) checkTcp(tcp, place.field("tcp"));
  if (http !== undefined) checkHttp(http, place.field("http"));
}

function checkTcp(tcp: NonNullable<ConnectionPoolSpec["tcp"]>, place: Place): void {
  checkNotNegative(tcp.maxConnections, place.field("maxConnections"));
  checkDuration(tcp.connectTimeout, place.field("connectTimeout"));
  checkDuration(tcp.maxConnectionDuration, place.field("maxConnectionDuration"));
  checkDurationOrZero(tcp.idleTimeout, place.field("idleTimeout"));
  const { tcpKeepalive } = tcp;
  if (tcpKeepalive === undefined) return;
  const keepalive = place.field("tcpKeepalive");
  checkDuration(tcpKeepalive.time, keepalive.field("time"));
  checkDuration(tcpKeepalive.interval, keepalive.field("interval"));
}

function checkHttp(http: NonNullable<ConnectionPoolSpec["http"]>, place: Place): void {
  checkNotNegative(http.http1MaxPendingRequests, place.field("http1MaxPendingRequests"));
  checkNotNegative(http.http2MaxRequests, place.field("http2MaxRequests"));
  checkNotNegative(http.maxRequestsPerConnection, place.field("maxRequestsPerConnection"));
  checkNotNegative(http.maxRetries, place.field("maxRetries"));
  checkNotNegative(http.maxConcurrentStreams, place.field("maxConcurrentStreams"));
  checkDuration(http.idleTimeout, place.field("idleTimeout"));
  for (const name of ["interval", "timeout"] as const) {
    const entry = place.field("http2KeepAlive").field(name);
    if (http.http2KeepAlive !== undefined && http.http2KeepAlive[name] === undefined)
      entry.error("is missing: a ping needs interval and timeout both");
    checkDuration(http.http2KeepAlive?.[name], entry);
  }
  if (http.h2UpgradePolicy === "UPGRADE" && http.useClientProtocol === true) {
    place.error("h2UpgradePolicy UPGRADE and useClientProtocol exclude each other: keep one");
  }
}

function checkNotNegative(value: number | undefined, place: Place): void {
  if (value !== undefined && value < 0) place.error(`${value} is negative: 0 or more, 0 being no limit`);
}
