import { type Exchange, type FallbackPolicy, HeaderMap, type Outcome } from "@intramesh/core";
import { fixedResponse, forkExchange, localResponse } from "@intramesh/transport";
import { pickOnce, sendOnce, untilStarted } from "../call-once.ts";
import type { ChainPolicy, Runtime, Stage } from "../chain.ts";
import type { Cluster } from "../cluster.ts";
import type { FallbackFunction } from "../fallbacks.ts";

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
    return (next) => (exchange) =>
      next(exchange).then((outcome) => {
        if (outcome.kind === "reset" || outcome.status < 500) return outcome;
        return capped(cluster, policy?.maxConcurrent ?? defaultMaxConcurrent, exchange, outcome, () =>
          given === undefined
            ? byPolicy(policy!, chain, exchange, runtime)
            : byFunction(given, exchange, outcome.status),
        );
      });
  },
};

/** Runs a fallback under its cap; where that is reached, or the fallback fails, the failure itself stands. */
async function capped(
  cluster: Cluster,
  maxConcurrent: number,
  exchange: Exchange,
  failed: Outcome & { readonly kind: "response" },
  run: () => Promise<Outcome | undefined>,
): Promise<Outcome> {
  if (cluster.guards.fallbacks >= maxConcurrent || exchange.aborted !== undefined) {
    cluster.stats.fallback_rejected += 1;
    return failed;
  }
  const { guards } = cluster;
  guards.fallbacks += 1;
  try {
    const outcome = await run();
    if (outcome === undefined) return failed;
    failed.body.discard();
    cluster.stats.fallback_success += 1;
    exchange.noRetry = false;
    return outcome;
  } catch {
    return failed;
  } finally {
    guards.fallbacks -= 1;
  }
}

async function byPolicy(
  { action }: FallbackPolicy,
  { fallbackCluster }: ChainPolicy,
  exchange: Exchange,
  runtime: Runtime,
): Promise<Outcome | undefined> {
  if (action.kind === "respond") {
    const headers = HeaderMap.from(Object.entries(action.headers));
    return localResponse(action.status, action.body, headers);
  }
  if (fallbackCluster !== undefined) await untilStarted(fallbackCluster, exchange, runtime.scheduler);
  const picked = fallbackCluster && pickOnce(fallbackCluster, exchange, runtime);
  if (picked === undefined || !exchange.body.replayable()) return undefined;
  const fork = forkExchange(exchange);
  exchange.cancel = (reason) => fork.cancel?.(reason);
  const outcome = await sendOnce(picked, fork);
  return outcome.kind === "response" ? outcome : undefined;
}

async function byFunction(given: FallbackFunction, exchange: Exchange, status: number): Promise<Outcome> {
  const { method, scheme, authority, path, flags } = exchange;
  const response = await given({ method, url: `${scheme}://${authority}${path}`, status, flags });
  const headers = HeaderMap.from(response.headers);
  return fixedResponse(response.status, headers, new Uint8Array(await response.arrayBuffer()));
}
