import { parseDurationMs, type RetryPolicy } from "@intramesh/core";
import type { HttpRetry } from "../spec/virtual-service.ts";

/** Istio's retries where nobody wrote any (pilot/pkg/networking/core/route/retry). */
const defaultAttempts = 2;
const defaultRetryOn: readonly string[] = [
  "connect-failure",
  "refused-stream",
  "unavailable",
  "cancelled",
  "retriable-status-codes",
];
const statusCodeCondition = "retriable-status-codes";

/** Envoy's own back-off: base interval in ms, and the ceiling as a multiple of it. */
const defaultBackoffMs = 25;
const maxBackoffFactor = 10;

/** What surrounds the retries of a route. */
interface RetrySurroundings {
  readonly timeoutMs: number | undefined;
  /** A hash pins requests to an endpoint; avoiding it on a retry is then not the default. */
  readonly usesHash: boolean;
  /** The mesh's own default, where it has one. */
  readonly meshDefault: HttpRetry | undefined;
}

/** `written` is the route's own; undefined means the default of the mesh. */
export function translateRetry(written: HttpRetry | undefined, surroundings: RetrySurroundings): RetryPolicy {
  const spec = written ?? surroundings.meshDefault;
  if (spec === undefined) return surroundings.usesHash ? defaultUnderHash : defaultRetry;
  const attempts = spec.attempts ?? 0;
  if (attempts <= 0) return switchedOff;
  const { retryOn, codes } = parseRetryOn(spec.retryOn);
  const base = durationOf(spec.backoff) ?? defaultBackoffMs;
  return {
    attempts,
    perTryTimeoutMs: perTryTimeout(spec, surroundings.timeoutMs),
    retryOn,
    retriableStatusCodes: codes,
    backoffMs: { base, max: base * maxBackoffFactor },
    ignorePreviousHosts: spec.retryIgnorePreviousHosts ?? !surroundings.usesHash,
    remoteLocalities: spec.retryRemoteLocalities ?? false,
  };
}

const defaultRetry: RetryPolicy = {
  attempts: defaultAttempts,
  perTryTimeoutMs: undefined,
  retryOn: defaultRetryOn,
  retriableStatusCodes: [],
  backoffMs: { base: defaultBackoffMs, max: defaultBackoffMs * maxBackoffFactor },
  ignorePreviousHosts: true,
  remoteLocalities: false,
};

const defaultUnderHash: RetryPolicy = { ...defaultRetry, ignorePreviousHosts: false };

const switchedOff: RetryPolicy = {
  attempts: 0,
  perTryTimeoutMs: undefined,
  retryOn: [],
  retriableStatusCodes: [],
  backoffMs: { base: defaultBackoffMs, max: defaultBackoffMs * maxBackoffFactor },
  ignorePreviousHosts: false,
  remoteLocalities: false,
};

/** Envoy ignores a limit per try that the limit of the whole request never leaves time for. */
function perTryTimeout(spec: HttpRetry, timeoutMs: number | undefined): number | undefined {
  const perTry = durationOf(spec.perTryTimeout);
  return perTry !== undefined && timeoutMs !== undefined && perTry >= timeoutMs ? undefined : perTry;
}

function parseRetryOn(text: string | undefined): {
  readonly retryOn: readonly string[];
  readonly codes: readonly number[];
} {
  if (text === undefined || text === "") return { retryOn: defaultRetryOn, codes: [] };
  const parts = text.split(",").map((part) => part.trim());
  const codes = parts.filter((part) => /^\d+$/.test(part)).map(Number);
  const retryOn = parts.filter((part) => part !== "" && !/^\d+$/.test(part));
  if (codes.length > 0 && !retryOn.includes(statusCodeCondition)) retryOn.push(statusCodeCondition);
  return { retryOn, codes };
}

function durationOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseDurationMs(text);
}
