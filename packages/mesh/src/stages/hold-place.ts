import { type Exchange, HeaderMap, type Outcome, type Service } from "@intramesh/core";
import type { Place } from "@intramesh/resilience";
import { localResponse } from "@intramesh/transport";
import type { Runtime, Stage } from "../chain.ts";
import type { Cluster } from "../cluster.ts";
import type { ClusterEndpoint } from "../cluster-endpoint.ts";
import { interruptedOutcome } from "../pause.ts";

/** Istio's `connectionPool`: a place among the cluster's requests, at once or after waiting, or 503 `UO`. */
export const holdPlace: Stage = {
  role: "hold-place",
  filter: ({ goal }, runtime) => {
    if (goal.kind !== "cluster" || !goal.cluster.limited) return undefined;
    const { cluster } = goal;
    return (next) => (exchange) => enter(cluster, exchange, next, runtime);
  },
};

function enter(cluster: Cluster, exchange: Exchange, next: Service, { clock }: Runtime): Promise<Outcome> {
  // Only pick-endpoint sets it, and to nothing else.
  const { connections } = exchange.upstream as ClusterEndpoint;
  let begin = (): void => undefined;
  const started = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const place = cluster.ceilings.enter(connections, clock.now(), begin);
  if (place === undefined) {
    cluster.stats.upstream_rq_pending_overflow += 1;
    return Promise.resolve(overflow(exchange));
  }
  if (!place.waiting) return hold(place, exchange, next);
  return waitFor(place, started, exchange, next);
}

async function waitFor(place: Place, started: Promise<void>, exchange: Exchange, next: Service): Promise<Outcome> {
  const gone = new Promise<void>((resolve) => {
    exchange.cancel = () => resolve();
  });
  await Promise.race([started, gone]);
  exchange.cancel = undefined;
  if (exchange.aborted === undefined) return hold(place, exchange, next);
  place.leave();
  return interruptedOutcome(exchange.aborted);
}

function hold(place: Place, exchange: Exchange, next: Service): Promise<Outcome> {
  return next(exchange).then((outcome) => {
    if (outcome.kind === "response") outcome.body.onSettled(() => place.leave());
    else place.leave();
    return outcome;
  });
}

function overflow(exchange: Exchange): Outcome {
  exchange.flags = [...exchange.flags, "UO"];
  const body = "upstream connect error or disconnect/reset before headers. reset reason: overflow";
  return localResponse(503, body, new HeaderMap(["x-envoy-overloaded", "true"]));
}
