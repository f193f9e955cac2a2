import type { Exchange, Outcome, Service } from "@intramesh/core";
import { localResponse } from "@intramesh/transport";
import type { Runtime, Stage } from "../chain.ts";

/** A ResiliencePolicy's `circuitBreaker`. Open: 503 `UO` at once, without an attempt. */
export const breakCircuit: Stage = {
  role: "break-circuit",
  filter: ({ goal }, runtime) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    const { breaker, policy } = cluster.guards;
    if (breaker === undefined) return undefined;
    const timeoutMs = policy?.circuitBreaker?.timeoutMs;
    return (next) => (exchange) => {
      const attempt = timeoutMs === undefined ? next : limited(next, timeoutMs, runtime);
      return breaker
        .run(() => attempt(exchange))
        .then((outcome) => {
          if (outcome !== undefined) return outcome;
          cluster.stats.circuit_breaker_short_circuited += 1;
          return refused(exchange);
        });
    };
  },
};

/** The breaker's own limit of one call: a failure like any other. */
function limited(next: Service, timeoutMs: number, { scheduler }: Runtime): Service {
  return (exchange) => {
    const sent = next(exchange);
    const stop = scheduler.after(timeoutMs, () => exchange.cancel?.({ kind: "timeout", perTry: true }));
    return sent.then((outcome) => {
      stop();
      return outcome;
    });
  };
}

function refused(exchange: Exchange): Outcome {
  exchange.flags = [...exchange.flags, "UO"];
  return localResponse(503, "the circuit breaker is open");
}
