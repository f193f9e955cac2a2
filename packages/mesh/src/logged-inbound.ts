import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, RequestView, ResponseFlag } from "@intramesh/core";
import type { LoggedRequest } from "@intramesh/telemetry";
import type { BodySizes } from "./inbound-bodies.ts";
import { loggedHead } from "./logged-exchange.ts";
import { responseDetails } from "./response-details.ts";

/** Both ends of a connection, as `address:port`. */
export interface ConnectionEnds {
  readonly local: string | undefined;
  readonly remote: string | undefined;
  /** The caller's address alone. */
  readonly remoteAddress: string | undefined;
}

/** Read when a request comes: a connection that is gone does not know them any more. */
export function connectionEnds({ socket }: IncomingMessage): ConnectionEnds {
  return {
    local: withPort(socket.localAddress, socket.localPort),
    remote: withPort(socket.remoteAddress, socket.remotePort),
    remoteAddress: plainAddress(socket.remoteAddress),
  };
}

/** How an inbound request ended. */
export interface InboundEnd {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly ends: ConnectionEnds;
  /** 0: no response. */
  readonly status: number;
  readonly flags: readonly ResponseFlag[];
  readonly sizes: BodySizes;
  /** By the monotonic clock. */
  readonly startedAt: number;
  readonly clock: Clock;
  /** Envoy's name of the inbound cluster. */
  readonly clusterName: string;
}

/** An inbound request that has ended, as its log line speaks of it. */
export function loggedInbound(end: InboundEnd): LoggedRequest {
  const { request, status, flags, clock, startedAt } = end;
  const tookMs = clock.now() - startedAt;
  const wallMs = clock.wallMs();
  return {
    request: inboundView(request),
    response:
      status === 0
        ? undefined
        : loggedHead((name) => headerOf(end.response, name), flags.length === 0 ? tookMs : undefined),
    facts: {
      startedAtMs: () => Math.round(wallMs - tookMs),
      nowMs: () => wallMs,
      environment: (name) => process.env[name],
      text: (operator) => endOf(operator, end, tookMs),
    },
  };
}

/** An inbound request as filters and labels look at it. */
export function inboundView({ method = "GET", url: path = "/", headers, socket }: IncomingMessage): RequestView {
  const header = (name: string): string | undefined => headers[name]?.toString();
  const authority = header("host") ?? header(":authority") ?? "";
  const scheme = "encrypted" in socket ? "https" : "http";
  return { method, path, authority, scheme, header };
}

function endOf(
  operator: string,
  { request, ends, status, flags, sizes, clusterName }: InboundEnd,
  tookMs: number,
): string | undefined {
  switch (operator) {
    case "PROTOCOL":
      return `HTTP/${request.httpVersion === "2.0" ? "2" : request.httpVersion}`;
    case "RESPONSE_CODE":
      return String(status);
    case "RESPONSE_FLAGS":
      return flags.length === 0 ? "-" : flags.join(",");
    case "RESPONSE_CODE_DETAILS":
      return responseDetails(flags, flags.length === 0);
    case "BYTES_RECEIVED":
      return String(sizes.requestBytes());
    case "BYTES_SENT":
      return String(sizes.responseBytes());
    case "DURATION":
      return String(Math.round(tookMs));
    case "UPSTREAM_HOST":
    case "DOWNSTREAM_LOCAL_ADDRESS":
      return ends.local;
    case "DOWNSTREAM_REMOTE_ADDRESS":
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS":
      return ends.remote;
    case "DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT":
    case "DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT":
      return ends.remoteAddress;
    case "UPSTREAM_CLUSTER":
    case "UPSTREAM_CLUSTER_RAW":
      return clusterName;
    case "ROUTE_NAME":
      return "default";
    default:
      return undefined;
  }
}

/** One that the handler has set; what it gave to `writeHead` alone is not seen. */
function headerOf(response: ServerResponse, name: string): string | undefined {
  const value = response.getHeader(name);
  return Array.isArray(value) ? value.join(",") : value?.toString();
}

/** Undefined where the connection is gone already. */
function withPort(address: string | undefined, port: number | undefined): string | undefined {
  const plain = plainAddress(address);
  return plain === undefined ? undefined : `${plain.includes(":") ? `[${plain}]` : plain}:${port}`;
}

/** An IPv4 address that came over an IPv6 socket is one all the same. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/, "");
}
