import { type Exchange, type FallbackPolicy, HeaderMap, type Outcome, type Scheduler } from "@intramesh/core";
import { abortExchange, fixedResponse, forkExchange, localResponse } from "@intramesh/transport";
import { pickOnce, sendOnce, untilStarted } from "../call-once.ts";
import type { ChainPolicy, Runtime, Stage } from "../chain.ts";
import type { Cluster } from "../cluster.ts";
import type { FallbackFunction } from "../fallbacks.ts";
import { letGo } from "../let-go.ts";

/** Hystrix's `fallback.isolation.semaphore.maxConcurrentRequests`, for functions that the program gives. */
const defaultMaxConcurrent = 10;

/** What the caller gets in the place of a failure: of a ResiliencePolicy, or a function of the program's. */
export const fallBack: Stage = {
  role: "fallback",
  filter: (chain, runtime) => {
    if (chain.goal.kind !== "cluster") return undefined;
    const { cluster } = chain.goal;
    const policy = cluster.guards.policy?.fallback;
    const given = runtime.fallbackOf(cluster.policy.host);
    if (policy === undefined && given === undefined) return undefined;
    return (next) => (exchange) => {
      // The route's own timeout is set further down: what stands here is how long the caller of this process waits.
      const callerDeadline = exchange.deadline;
      return next(exchange).then((outcome) => {
        if (outcome.kind === "reset" || outcome.status < 500 || !goesOn(exchange)) return outcome;
        return capped(
          cluster,
          policy?.maxConcurrent ?? defaultMaxConcurrent,
          exchange,
          outcome,
          runtime.scheduler,
          () =>
            given === undefined
              ? byPolicy(policy!, chain, exchange, callerDeadline, runtime)
              : byFunction(given, exchange, outcome.status),
        );
      });
    };
  },
};

/** A timeout ended the call, not the request: its fallback may still be cut short by the caller. */
function goesOn(exchange: Exchange): boolean {
  if (exchange.aborted?.kind === "timeout") exchange.aborted = undefined;
  return exchange.aborted === undefined;
}

/** Runs a fallback under its cap; where that is reached, or the fallback fails, the failure itself stands. */
async function capped(
  cluster: Cluster,
  maxConcurrent: number,
  exchange: Exchange,
  failed: Outcome & { readonly kind: "response" },
  scheduler: Scheduler,
  run: () => Promise<Outcome | undefined>,
): Promise<Outcome> {
  if (cluster.fallbacksRunning >= maxConcurrent) {
    cluster.stats.fallback_rejected += 1;
    return failed;
  }
  cluster.fallbacksRunning += 1;
  const release = (): void => {
    cluster.fallbacksRunning -= 1;
  };
  const outcome = await run().catch(() => undefined);
  if (outcome?.kind !== "response") {
    release();
    return outcome ?? failed;
  }
  outcome.body.onSettled(release);
  letGo(failed.body, scheduler);
  cluster.stats.fallback_success += 1;
  exchange.noRetry = false;
  return outcome;
}

async function byPolicy(
  { action }: FallbackPolicy,
  { fallbackCluster, route }: ChainPolicy,
  exchange: Exchange,
  callerDeadline: number,
  runtime: Runtime,
): Promise<Outcome | undefined> {
  if (action.kind === "respond") {
    const headers = HeaderMap.from(Object.entries(action.headers));
    return localResponse(action.status, action.body, headers);
  }
  const { clock, scheduler } = runtime;
  if (fallbackCluster !== undefined) await untilStarted(fallbackCluster, exchange, runtime);
  const picked = fallbackCluster && pickOnce(fallbackCluster, exchange, runtime);
  if (picked === undefined || !exchange.body.replayable()) return undefined;
  const now = clock.now();
  const fork = forkExchange(exchange);
  fork.deadline = Math.min(callerDeadline, now + (route?.policy.timeoutMs ?? Number.POSITIVE_INFINITY));
  if (fork.deadline <= now) return undefined;
  exchange.cancel = (reason) => abortExchange(fork, reason);
  const stop =
    fork.deadline === Number.POSITIVE_INFINITY
      ? undefined
      : scheduler.after(fork.deadline - now, () => abortExchange(fork, { kind: "timeout", perTry: false }));
  const outcome = await sendOnce(picked, fork);
  if (outcome.kind === "response") {
    if (stop !== undefined) outcome.body.onSettled(stop);
    return outcome;
  }
  stop?.();
  return outcome.reason === "caller gone" ? outcome : undefined;
}

/** A caller that leaves does not wait for the function. */
async function byFunction(given: FallbackFunction, exchange: Exchange, status: number): Promise<Outcome> {
  const { method, scheme, authority, path, flags } = exchange;
  const left = new Promise<Outcome>((resolve) => {
    exchange.cancel = (reason) =>
      resolve({
        kind: "reset",
        reason: "caller gone",
        beforeRequest: true,
        cause: reason.kind === "caller" ? reason.cause : undefined,
      });
  });
  const answer = async (): Promise<Outcome> => {
    const response = await given({ method, url: `${scheme}://${authority}${path}`, status, flags });
    const headers = HeaderMap.from(response.headers);
    return fixedResponse(response.status, headers, new Uint8Array(await response.arrayBuffer()));
  };
  return Promise.race([answer(), left]);
}
