import { layOutColumns } from "./columns.ts";

/** One attempt of a request; times in ms since the request was received. */
interface AttemptOfPage {
  readonly endpoint: string | null;
  readonly sentMs: number;
  readonly waitedMs: number;
  /** Null before it had a connection. */
  readonly connectedMs: number | null;
  readonly headMs: number | null;
  readonly result: number | string | null;
}

/** A request with the times of its stages, as an admin port shows it. */
interface RequestOfPage {
  readonly at: string;
  readonly method: string;
  readonly url: string;
  readonly requestId: string | null;
  readonly attempts: readonly AttemptOfPage[];
  readonly headMs: number | null;
  readonly endMs: number;
  readonly status: number | null;
  readonly flags: string;
}

/** Slow requests of a process. */
export interface SlowPage {
  readonly thresholdMs: number;
  readonly slowest: readonly RequestOfPage[];
}

/** Requests that run. */
export interface InflightPage {
  readonly inbound: number;
  readonly outbound: readonly RequestOfPage[];
}

/** The slowest requests for people, each attempt with what it waited before it was sent, for a connection, and for the head. */
export function renderSlow({ thresholdMs, slowest }: SlowPage): string {
  if (slowest.length === 0) return `no request took ${thresholdMs} ms or longer\n`;
  return renderRequests(slowest);
}

/** Running requests for people. */
export function renderInflight({ inbound, outbound }: InflightPage): string {
  const head = `inbound: ${inbound}, outbound: ${outbound.length}\n`;
  return outbound.length === 0 ? head : `${head}\n${renderRequests(outbound)}`;
}

function renderRequests(requests: readonly RequestOfPage[]): string {
  return layOutColumns([
    ["RECEIVED", "TOOK", "STATUS", "FLAGS", "ATTEMPTS: ENDPOINT WAITED+CONNECT+HEAD=RESULT", "BODY", "REQUEST", "ID"],
    ...requests.map((request) => [
      request.at,
      millis(request.endMs),
      String(request.status ?? "-"),
      request.flags,
      request.attempts.map(attemptText).join(" ") || "-",
      request.headMs === null ? "-" : millis(request.endMs - request.headMs),
      `${request.method} ${request.url}`,
      request.requestId ?? "-",
    ]),
  ]);
}

function attemptText({ endpoint, waitedMs, sentMs, connectedMs, headMs, result }: AttemptOfPage): string {
  const connect = connectedMs === null ? "-" : millis(connectedMs - sentMs);
  const took = headMs === null ? "…" : millis(headMs - (connectedMs ?? sentMs));
  return `${endpoint ?? "original"} ${millis(waitedMs)}+${connect}+${took}=${result ?? "…"}`;
}

function millis(ms: number): string {
  return `${Math.round(ms)}ms`;
}
