import type { Exchange, Outcome, ResetOutcome, ResetReason, ResponseOutcome, RetryPolicy } from "@intramesh/core";
import { grpcStatusNumber } from "./grpc-status.ts";

/** True where an attempt ended in a way that its policy wants repeated. Counts, budgets and bodies are not its matter. */
export type RetryCondition = (outcome: Outcome, exchange: Exchange) => boolean;

/** gRPC's tokens, by the canonical name of their status. */
const grpcTokens: ReadonlyMap<string, string> = new Map([
  ["cancelled", "CANCELLED"],
  ["deadline-exceeded", "DEADLINE_EXCEEDED"],
  ["internal", "INTERNAL"],
  ["resource-exhausted", "RESOURCE_EXHAUSTED"],
  ["unavailable", "UNAVAILABLE"],
]);

/** Endings that no policy repeats: the ceiling is meant to shed load, and the caller waits no longer. */
const final: ReadonlySet<ResetReason> = new Set<ResetReason>([
  "overflow",
  "timeout",
  "stream idle timeout",
  "caller gone",
]);

const notConnected: ReadonlySet<ResetReason> = new Set<ResetReason>([
  "local connection failure",
  "remote connection failure",
  "connection timeout",
]);

/**
 * Compiles `retryOn` to one question (Envoy's source/common/router/retry_state_impl.cc). `retriable-headers` and
 * `http3-post-connect-failure` are accepted and never hold: Istio has no field for the header names, and nothing here
 * speaks HTTP/3.
 */
export function compileRetryConditions(policy: RetryPolicy): RetryCondition {
  const tokens = new Set(policy.retryOn);
  const isRetriableReset = compileResets(tokens);
  const isRetriableResponse = compileResponses(tokens, policy.retriableStatusCodes);
  return (outcome) => (outcome.kind === "response" ? isRetriableResponse(outcome) : isRetriableReset(outcome));
}

function compileResets(tokens: ReadonlySet<string>): (reset: ResetOutcome) => boolean {
  const any = tokens.has("reset") || tokens.has("5xx") || tokens.has("gateway-error");
  const beforeRequest = tokens.has("reset-before-request");
  const connectFailure = tokens.has("connect-failure");
  const refusedStream = tokens.has("refused-stream");
  return (reset) => {
    if (final.has(reset.reason)) return false;
    if (any || (beforeRequest && reset.beforeRequest)) return true;
    if (connectFailure && notConnected.has(reset.reason)) return true;
    return refusedStream && reset.reason === "remote refused stream reset";
  };
}

function compileResponses(
  tokens: ReadonlySet<string>,
  retriableStatusCodes: readonly number[],
): (response: ResponseOutcome) => boolean {
  const statuses = compileStatuses(tokens, retriableStatusCodes);
  const grpcStatuses = compileGrpcStatuses(tokens);
  const rateLimited = tokens.has("envoy-ratelimited");
  return (response) => {
    // An answer of the mesh's own is final: no host, a ceiling, a fault.
    if (response.local) return false;
    if (rateLimited && response.header("x-envoy-ratelimited") !== undefined) return true;
    if (!statuses(response.status)) {
      if (grpcStatuses === undefined) return false;
      const grpcStatus = response.header("grpc-status");
      if (grpcStatus === undefined || !grpcStatuses.has(grpcStatus)) return false;
    }
    return response.header("x-envoy-ratelimited") === undefined;
  };
}

function compileStatuses(tokens: ReadonlySet<string>, listed: readonly number[]): (status: number) => boolean {
  const all5xx = tokens.has("5xx");
  const single = new Set<number>();
  if (tokens.has("gateway-error")) for (const status of [502, 503, 504]) single.add(status);
  if (tokens.has("retriable-4xx")) single.add(409);
  if (tokens.has("retriable-status-codes")) for (const status of listed) single.add(status);
  if (single.size === 0) return all5xx ? is5xx : () => false;
  return (status) => single.has(status) || (all5xx && is5xx(status));
}

function is5xx(status: number): boolean {
  return status >= 500 && status < 600;
}

/** As they stand in `grpc-status`; undefined where no token asks for one, so that headers need no look. */
function compileGrpcStatuses(tokens: ReadonlySet<string>): ReadonlySet<string> | undefined {
  const statuses = new Set<string>();
  for (const [token, name] of grpcTokens) if (tokens.has(token)) statuses.add(String(grpcStatusNumber(name)!));
  return statuses.size === 0 ? undefined : statuses;
}
