import type {
  AbortReason,
  Exchange,
  HeaderMap,
  MonotonicMs,
  RequestBody,
  RequestTrace,
  ResponseFlag,
  Upstream,
} from "@intramesh/core";
import type { Target } from "./target.ts";

const none: readonly never[] = [];

/** The record of one request. All fields are set here, so that every exchange has one shape. */
export class HttpExchange implements Exchange {
  method: string;
  scheme: string;
  authority: string;
  path: string;
  host: string;
  port: number;
  /** Where the caller wanted to connect to, whatever its Host header and rewrites say. */
  target: Target;
  readonly headers: HeaderMap;
  readonly body: RequestBody;
  readonly startedAt: MonotonicMs;
  deadline: MonotonicMs = Number.POSITIVE_INFINITY;
  chained = false;
  noRetry = false;
  attempts = 0;
  upstream: Upstream | undefined = undefined;
  tried: readonly string[] = none;
  attempted: readonly string[] = none;
  flags: readonly ResponseFlag[] = none;
  trace: RequestTrace | undefined = undefined;
  explanation: string | undefined = undefined;
  cancel: ((reason: AbortReason) => void) | undefined = undefined;
  aborted: AbortReason | undefined = undefined;

  constructor(method: string, target: Target, path: string, headers: HeaderMap, body: RequestBody, now: MonotonicMs) {
    this.method = method;
    this.scheme = target.scheme;
    this.authority = target.authority;
    this.path = path;
    this.host = target.host;
    this.port = target.port;
    this.target = target;
    this.headers = headers;
    this.body = body;
    this.startedAt = now;
  }

  header(name: string): string | undefined {
    switch (name) {
      case ":method":
        return this.method;
      case ":path":
        return this.path;
      case ":authority":
      case "host":
        return this.authority;
      case ":scheme":
        return this.scheme;
      default:
        return this.headers.get(name);
    }
  }
}

/** The original destination of a request, as an origin: `http://10.0.0.4:9080`. */
export function originalOrigin(exchange: Exchange): string {
  const { scheme, authority } = exchange instanceof HttpExchange ? exchange.target : exchange;
  return `${scheme}://${authority}`;
}

/** Ends an exchange early, once: whatever runs for it is cut short. */
export function abortExchange(exchange: Exchange, reason: AbortReason): void {
  if (exchange.aborted !== undefined) return;
  exchange.aborted = reason;
  exchange.cancel?.(reason);
}

/** Another try of the same request, beside those that run. */
export function forkExchange(exchange: Exchange): HttpExchange {
  const { scheme, authority, host, port, startedAt } = exchange;
  const target = { scheme, authority, host, port };
  const fork = new HttpExchange(
    exchange.method,
    target,
    exchange.path,
    exchange.headers.clone(),
    exchange.body,
    startedAt,
  );
  if (exchange instanceof HttpExchange) fork.target = exchange.target;
  fork.deadline = exchange.deadline;
  fork.chained = exchange.chained;
  fork.tried = exchange.tried;
  fork.trace = exchange.trace;
  fork.attempted = exchange.attempted;
  return fork;
}

/** A copy of a request as it stands, with a life of its own; the trace that it carries is not sampled. */
export function copyExchange(exchange: Exchange, now: MonotonicMs): HttpExchange {
  const { scheme, authority, host, port } = exchange;
  const headers = exchange.headers.clone();
  const traceparent = headers.get("traceparent");
  if (traceparent !== undefined) headers.set("traceparent", traceparent.replace(/-[0-9a-f]{2}$/, "-00"));
  if (headers.has("x-b3-traceid")) headers.set("x-b3-sampled", "0");
  headers.delete("x-b3-flags");
  const b3 = headers.get("b3");
  if (b3?.includes("-") === true) headers.set("b3", b3.split("-").slice(0, 2).concat("0").join("-"));
  return new HttpExchange(
    exchange.method,
    { scheme, authority, host, port },
    exchange.path,
    headers,
    exchange.body,
    now,
  );
}
