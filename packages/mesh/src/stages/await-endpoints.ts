import { untilStarted } from "../call-once.ts";
import type { Stage } from "../chain.ts";
import { interruptedOutcome } from "../pause.ts";

/**
 * Where a source was asked for endpoints: the first requests wait until it has answered, as with Envoy's on-demand
 * discovery; chains that are built later do without.
 *
 * Where endpoints have names: the first requests wait until one of the names has been looked up, for no longer than a
 * connection may take, or a second. As Envoy, whose STRICT_DNS clusters take no traffic before their first answer.
 */
export const awaitEndpoints: Stage = {
  role: "await-endpoints",
  filter: ({ goal }, runtime) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    if (cluster.starting === undefined && cluster.policy.nameResolution === "ON_CONNECT") return undefined;
    return (next) => (exchange) => {
      const started = untilStarted(cluster, exchange, runtime);
      if (started === undefined) return next(exchange);
      return started.then(() =>
        exchange.aborted === undefined ? next(exchange) : interruptedOutcome(exchange.aborted),
      );
    };
  },
};
