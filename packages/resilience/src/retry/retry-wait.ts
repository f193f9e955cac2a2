/** Headers by which rate limiters say when their window starts anew, in the order of preference after Retry-After. */
const resetHeaders: readonly string[] = ["x-ratelimit-reset", "ratelimit-reset"];

/**
 * gRPC's word of a server on retries, in milliseconds; a negative number, or anything that is none, forbids them
 * (https://github.com/grpc/proposal/blob/master/A6-client-retries.md#pushback).
 */
const pushbackHeader = "grpc-retry-pushback-ms";

/** Seconds above it are a moment since 1970, not a stretch: 2001. */
const firstUnixSeconds = 1_000_000_000;

/** Envoy spreads rate-limited retries over half the time that was asked for (JitteredLowerBoundBackOffStrategy). */
const jitterRatio = 0.5;

/**
 * Milliseconds that a response asks to be left alone: gRPC's pushback, `Retry-After` as seconds or date (RFC 9110,
 * 10.2.3), else the reset of its rate limit. Infinity where it forbids retries; undefined where it asks for nothing that
 * can be read. `wallMs` is the time since 1970.
 */
export function askedWaitMs(header: (name: string) => string | undefined, wallMs: number): number | undefined {
  const pushback = header(pushbackHeader);
  if (pushback !== undefined) return pushbackMs(pushback);
  const retryAfter = header("retry-after");
  const asked =
    retryAfter === undefined ? undefined : (secondsToWait(retryAfter, wallMs) ?? dateToWait(retryAfter, wallMs));
  if (asked !== undefined) return asked;
  for (const name of resetHeaders) {
    const value = header(name);
    const wait = value === undefined ? undefined : secondsToWait(value, wallMs);
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/** What a retry has to wait for. */
export interface RetryWait {
  /** The back-off of its place in the row, in milliseconds. */
  readonly backoffMs: number;
  /** What the failed response asked for; undefined: nothing. */
  readonly askedMs: number | undefined;
  /** Until the request's own deadline; Infinity where it has none. */
  readonly remainingMs: number;
  /** In [0, 1). */
  readonly roll: number;
}

/** Milliseconds to wait before a retry; undefined where the deadline would pass before it could start. */
export function retryWaitMs({ backoffMs, askedMs, remainingMs, roll }: RetryWait): number | undefined {
  const wait = askedMs === undefined ? backoffMs : Math.max(backoffMs, Math.floor(askedMs * (1 + jitterRatio * roll)));
  return wait < remainingMs ? wait : undefined;
}

function pushbackMs(text: string): number {
  return /^\d+$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

function secondsToWait(text: string, wallMs: number): number | undefined {
  if (!/^\d{1,15}$/.test(text.trim())) return undefined;
  const seconds = Number(text);
  return seconds < firstUnixSeconds ? seconds * 1_000 : Math.max(0, seconds * 1_000 - wallMs);
}

function dateToWait(text: string, wallMs: number): number | undefined {
  // A date of HTTP begins with its day of the week; Date.parse makes dates of much else.
  if (!/^[A-Z]/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - wallMs);
}
