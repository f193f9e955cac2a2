import type { Exchange } from "@intramesh/core";
import { localResponse } from "@intramesh/transport";
import type { Stage } from "../chain.ts";

/** Asks the cluster's picker of the moment. Nobody to pick: 503 `UH`. */
export const pickEndpoint: Stage = {
  role: "pick-endpoint",
  filter: ({ goal }, { random, clock }) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    return (next) => (exchange) => {
      const picked = cluster.picker.pick(random, exchange.tried.length === 0 ? undefined : exchange.tried);
      if (picked === undefined) {
        cluster.stats.upstream_rq_no_endpoint += 1;
        return Promise.resolve(noHealthyUpstream(exchange));
      }
      exchange.upstream = picked;
      exchange.attempts += 1;
      exchange.headers.set("x-envoy-attempt-count", String(exchange.attempts));
      if (exchange.deadline !== Number.POSITIVE_INFINITY) announce(exchange, exchange.deadline - clock.now());
      return next(exchange);
    };
  },
};

/** The time that is left travels downstream, less with each attempt. */
function announce(exchange: Exchange, leftMs: number): void {
  const whole = String(Math.max(1, Math.floor(leftMs)));
  exchange.headers.set("x-envoy-expected-rq-timeout-ms", whole);
  if (exchange.headers.has("grpc-timeout")) exchange.headers.set("grpc-timeout", `${whole}m`);
}

function noHealthyUpstream(exchange: Exchange): ReturnType<typeof localResponse> {
  exchange.flags = [...exchange.flags, "UH"];
  return localResponse(503, "no healthy upstream");
}
