import type { Exchange, Outcome, Service } from "@intramesh/core";
import { type Bulkhead, breakerVerdict, type GradientLimit } from "@intramesh/resilience";
import { localResponse } from "@intramesh/transport";
import type { Runtime, Stage } from "../chain.ts";
import { waitForPlace } from "../wait-for-place.ts";

/** A ResiliencePolicy's `bulkhead` and `adaptiveConcurrency`: how many requests at once, retries included. Beyond: 503 `UO`. */
export const limitConcurrency: Stage = {
  role: "limit-concurrency",
  filter: ({ goal }, runtime) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    const { bulkhead, adaptive } = cluster.guards;
    if (bulkhead === undefined && adaptive === undefined) return undefined;
    return (next) => {
      const inner =
        adaptive === undefined
          ? next
          : underGradient(adaptive, next, runtime, () => (cluster.stats.adaptive_concurrency_rejected += 1));
      return bulkhead === undefined
        ? inner
        : inBulkhead(bulkhead, inner, runtime, () => (cluster.stats.bulkhead_rejected += 1));
    };
  },
};

function inBulkhead(bulkhead: Bulkhead, next: Service, { waiting }: Runtime, count: () => void): Service {
  return (exchange) =>
    waitForPlace(exchange, (start) => bulkhead.enter(start), next, waiting) ??
    refuse(exchange, count, "the bulkhead is full");
}

function underGradient(limit: GradientLimit, next: Service, { clock }: Runtime, count: () => void): Service {
  return (exchange) => {
    const permit = limit.enter(clock.now());
    if (permit === undefined) return refuse(exchange, count, "the adaptive concurrency limit is reached");
    return next(exchange).then((outcome) => {
      const end = (): void => (breakerVerdict(outcome) === undefined ? permit.ignore() : permit.done(clock.now()));
      if (outcome.kind === "response") outcome.body.onSettled(end);
      else end();
      return outcome;
    });
  };
}

function refuse(exchange: Exchange, count: () => void, why: string): Promise<Outcome> {
  count();
  exchange.flags = [...exchange.flags, "UO"];
  return Promise.resolve(localResponse(503, why));
}
