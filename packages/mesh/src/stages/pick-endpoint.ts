import { eventLoopUtilizationHeader, hashOf, type RequestHash } from "@intramesh/balancing";
import type { BalancingAlgorithm, Exchange, Outcome } from "@intramesh/core";
import {
  expectedTimeoutHeader,
  formatExpectedTimeout,
  formatGrpcTimeout,
  grpcTimeoutHeader,
  needsRetryMark,
  retryMarkHeader,
} from "@intramesh/resilience";
import { localResponse } from "@intramesh/transport";
import type { Runtime, Stage } from "../chain.ts";
import type { Cluster } from "../cluster.ts";

/** Algorithms whose measure fades with time. */
const aging: ReadonlySet<BalancingAlgorithm> = new Set<BalancingAlgorithm>(["PEAK_EWMA", "EVENT_LOOP_AWARE"]);

/** Asks the cluster's picker of the moment. Nobody to pick: 503 `UH`. Numbers the attempt and tells what time is left. */
export const pickEndpoint: Stage = {
  role: "pick-endpoint",
  filter: ({ goal, route }, runtime) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    const { random, clock } = runtime;
    const { algorithm, warmup } = cluster.policy.balancing;
    const hashKeys = route?.policy.hashKeys ?? cluster.policy.balancing.hashKeys;
    const ages = warmup !== undefined || aging.has(algorithm);
    const hashes = hashKeys.length > 0;
    return (next) => (exchange) => {
      const pinned = hashes ? hashOf(hashKeys, exchange, runtime.source, runtime.hash64()) : undefined;
      const avoid = exchange.tried.length === 0 ? undefined : exchange.tried;
      const { attempted } = exchange;
      const picker = attempted.length === 0 ? cluster.picker : cluster.picker.beyond(attempted);
      const picked = picker.pick(random, avoid, pinned?.hash, ages ? clock.now() : undefined);
      if (picked === undefined) return Promise.resolve(noHealthyUpstream(cluster, exchange));
      exchange.upstream = picked;
      exchange.attempts += 1;
      mark(exchange, runtime);
      if (algorithm === "EVENT_LOOP_AWARE") exchange.headers.set(eventLoopUtilizationHeader, "1");
      const sent = next(exchange);
      return pinned === undefined || pinned.setCookies.length === 0
        ? sent
        : sent.then((outcome) => setCookies(outcome, pinned));
    };
  },
};

/** The attempt's number, whether it repeats one, and the time that is left, less with each attempt. */
function mark({ headers, attempts, chained, deadline }: Exchange, { clock }: Runtime): void {
  headers.set("x-envoy-attempt-count", String(attempts));
  if (needsRetryMark(attempts, chained)) headers.set(retryMarkHeader, "1");
  if (deadline === Number.POSITIVE_INFINITY) return;
  const leftMs = deadline - clock.now();
  headers.set(expectedTimeoutHeader, formatExpectedTimeout(leftMs));
  if (headers.has(grpcTimeoutHeader)) headers.set(grpcTimeoutHeader, formatGrpcTimeout(leftMs));
}

function setCookies(outcome: Outcome, { setCookies: lines }: RequestHash): Outcome {
  if (outcome.kind === "response") for (const line of lines) outcome.headers.append("set-cookie", line);
  return outcome;
}

function noHealthyUpstream(cluster: Cluster, exchange: Exchange): Outcome {
  cluster.stats.upstream_rq_no_endpoint += 1;
  exchange.flags = [...exchange.flags, "UH"];
  return localResponse(503, "no healthy upstream");
}
