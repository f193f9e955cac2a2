import { parseGrpcTimeoutMs } from "../grpc-timeout.ts";

/** Milliseconds that the caller still waits, as Envoy announces it. */
export const expectedTimeoutHeader = "x-envoy-expected-rq-timeout-ms";

/** The same for gRPC (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Timeout). */
export const grpcTimeoutHeader = "grpc-timeout";

/** Units to write a timeout in, the finest first, in milliseconds. */
const unitMs: Readonly<Record<string, number>> = { u: 0.001, m: 1, S: 1_000, M: 60_000, H: 3_600_000 };

/** gRPC's own limit: eight digits. */
const maxGrpcNumber = 99_999_999;

/** Makes up for the last bits of a division or difference: 1.001 ms is 1001 µs. A millionth of the unit. */
const rounding = 1e-6;

/** A `grpc-timeout` that is never later than `ms` from now, as fine as eight digits let it be. */
export function formatGrpcTimeout(ms: number): string {
  if (ms <= 0) return "0m";
  const unit = Object.keys(unitMs).find((candidate) => ms / unitMs[candidate]! <= maxGrpcNumber) ?? "H";
  return `${Math.min(maxGrpcNumber, Math.floor(ms / unitMs[unit]! + rounding))}${unit}`;
}

/** Milliseconds of an `x-envoy-expected-rq-timeout-ms`; undefined where the text is none. 0 says that there is no limit. */
export function parseExpectedTimeoutMs(text: string): number | undefined {
  if (!/^\d{1,15}$/.test(text)) return undefined;
  return Number(text) || undefined;
}

/**
 * What remains as whole milliseconds, at least 1: 0 would say that there is no limit. Rounded up, as Envoy takes whole
 * milliseconds off the timeout: the first try says the whole of it.
 */
export function formatExpectedTimeout(ms: number): string {
  return String(Math.max(1, Math.ceil(ms - rounding)));
}

/** How long the caller of an inbound request still waits, the shorter of both headers; undefined where it does not say. */
export function remainingMs(header: (name: string) => string | undefined): number | undefined {
  const expected = header(expectedTimeoutHeader);
  const grpc = header(grpcTimeoutHeader);
  const expectedMs = expected === undefined ? undefined : parseExpectedTimeoutMs(expected);
  const grpcMs = parseGrpcTimeoutMs(grpc);
  if (expectedMs === undefined || grpcMs === undefined) return expectedMs ?? grpcMs;
  return Math.min(expectedMs, grpcMs);
}

/**
 * The timeout of a request over all attempts: a `grpc-timeout` takes the place of the route's and is capped by it;
 * without one on the route it holds as it is. Undefined: none.
 */
export function requestTimeoutMs(routeMs: number | undefined, grpcMs: number | undefined): number | undefined {
  if (routeMs === undefined || grpcMs === undefined) return grpcMs ?? routeMs;
  return Math.min(routeMs, grpcMs);
}
