import type { Stage } from "../chain.ts";
import type { ClusterEndpoint } from "../cluster-endpoint.ts";

/**
 * Counts what an endpoint has in flight, from the pick to the end of the body, and tells its cluster how each attempt
 * ended: the load that balancers compare, and the errors that eject.
 */
export const observeOutcome: Stage = {
  role: "observe",
  filter: ({ goal }) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    return (next) => (exchange) => {
      // Only pick-endpoint sets it, and to nothing else.
      const upstream = exchange.upstream as ClusterEndpoint;
      const { state } = upstream;
      state.active += 1;
      const release = (): void => {
        state.active -= 1;
      };
      return next(exchange).then((outcome) => {
        cluster.observe(upstream, outcome);
        if (outcome.kind === "response") {
          outcome.body.onSettled(release);
        } else {
          if (outcome.beforeRequest) cluster.stats.upstream_cx_connect_fail += 1;
          release();
        }
        return outcome;
      });
    };
  },
};
