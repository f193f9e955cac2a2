import { type Exchange, HeaderMap, type Outcome } from "@intramesh/core";
import type { Place } from "@intramesh/resilience";
import { localResponse } from "@intramesh/transport";
import type { Stage } from "../chain.ts";
import type { ClusterEndpoint } from "../cluster-endpoint.ts";
import { waitForPlace } from "../wait-for-place.ts";

/** Istio's `connectionPool`: a place among the cluster's requests, at once or after waiting, or 503 `UO`. */
export const holdPlace: Stage = {
  role: "hold-place",
  filter: ({ goal }, { clock, waiting }) => {
    if (goal.kind !== "cluster" || !goal.cluster.limited) return undefined;
    const { cluster } = goal;
    return (next) => (exchange) => {
      // Only pick-endpoint sets it, and to nothing else.
      const { connections } = exchange.upstream as ClusterEndpoint;
      const enter = (start: () => void): Place | undefined => cluster.ceilings.enter(connections, clock.now(), start);
      const held = waitForPlace(exchange, enter, next, waiting);
      if (held !== undefined) return held;
      cluster.stats.upstream_rq_pending_overflow += 1;
      return Promise.resolve(overflow(exchange));
    };
  },
};

function overflow(exchange: Exchange): Outcome {
  exchange.flags = [...exchange.flags, "UO"];
  const body = "upstream connect error or disconnect/reset before headers. reset reason: overflow";
  return localResponse(503, body, new HeaderMap(["x-envoy-overloaded", "true"]));
}
