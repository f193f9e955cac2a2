import {
  eventLoopUtilizationHeader,
  parseEventLoopUtilization,
  recordEventLoopUtilization,
  recordLatency,
} from "@intramesh/balancing";
import type { EndpointState, Outcome } from "@intramesh/core";
import type { Stage } from "../chain.ts";
import type { ClusterEndpoint } from "../cluster-endpoint.ts";

/**
 * Counts what an endpoint has in flight, from the pick to the end of the body, and tells its cluster how each attempt
 * ended: the load that balancers compare, and the errors that eject.
 */
export const observeOutcome: Stage = {
  role: "observe",
  filter: ({ goal }, { clock }) => {
    if (goal.kind !== "cluster") return undefined;
    const { cluster } = goal;
    const measures = cluster.policy.balancing.algorithm === "PEAK_EWMA";
    const listens = cluster.policy.balancing.algorithm === "EVENT_LOOP_AWARE";
    return (next) => (exchange) => {
      // Only pick-endpoint sets it, and to nothing else.
      const upstream = exchange.upstream as ClusterEndpoint;
      const { state } = upstream;
      state.active += 1;
      cluster.stats.upstream_rq_total += 1;
      const startedAt = measures ? clock.now() : 0;
      const release = (): void => {
        state.active -= 1;
      };
      return next(exchange).then((outcome) => {
        cluster.observe(upstream, outcome);
        if (measures) recordLatency(state, clock.now() - startedAt, isFailure(outcome), clock.now());
        if (listens) takeUtilization(outcome, state, clock.now());
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

function isFailure(outcome: Outcome): boolean {
  return outcome.kind === "reset" || outcome.status >= 500;
}

/** What an instance says of its event loop is between meshes; the caller does not see it. */
function takeUtilization(outcome: Outcome, state: EndpointState, now: number): void {
  if (outcome.kind === "reset") return;
  const text = outcome.header(eventLoopUtilizationHeader);
  if (text === undefined) return;
  const utilization = parseEventLoopUtilization(text);
  if (utilization !== undefined) recordEventLoopUtilization(state, utilization, now);
  outcome.headers.delete(eventLoopUtilizationHeader);
}
