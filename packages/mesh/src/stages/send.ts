import type { Exchange, Outcome } from "@intramesh/core";
import type { Stage } from "../chain.ts";
import type { ClusterEndpoint } from "../cluster-endpoint.ts";
import { interruptedOutcome } from "../pause.ts";

/** The wire. */
export const send: Stage = {
  role: "send",
  filter: ({ goal }, { passthrough }) => {
    if (goal.kind === "passthrough") {
      return () => (exchange) => {
        exchange.attempts += 1;
        return exchange.aborted === undefined ? passthrough.send(exchange) : ended(exchange);
      };
    }
    if (goal.kind !== "cluster") return undefined;
    return () => (exchange) => {
      if (exchange.aborted !== undefined) return ended(exchange);
      // Only pick-endpoint sets it, and to nothing else.
      const upstream = exchange.upstream as ClusterEndpoint;
      return upstream.connection(exchange.scheme).send(exchange);
    };
  },
};

function ended(exchange: Exchange): Promise<Outcome> {
  return Promise.resolve(interruptedOutcome(exchange.aborted!));
}
