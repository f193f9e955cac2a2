import type { Exchange } from "@intramesh/core";
import { localResponse } from "@intramesh/transport";
import type { Stage } from "../chain.ts";

/** Asks the cluster's picker of the moment. Nobody to pick: 503 `UH`. */
export const pickEndpoint: Stage = {
  role: "pick-endpoint",
  filter: ({ goal }, { random }) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    return (next) => (exchange) => {
      const picked = cluster.picker.pick(random, exchange.tried.length === 0 ? undefined : exchange.tried);
      if (picked === undefined) return Promise.resolve(noHealthyUpstream(exchange));
      exchange.upstream = picked;
      exchange.attempts += 1;
      exchange.headers.set("x-envoy-attempt-count", String(exchange.attempts));
      return next(exchange);
    };
  },
};

function noHealthyUpstream(exchange: Exchange): ReturnType<typeof localResponse> {
  exchange.flags = [...exchange.flags, "UH"];
  return localResponse(503, "no healthy upstream");
}
