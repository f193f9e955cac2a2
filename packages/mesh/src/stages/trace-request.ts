import type { Exchange, Outcome } from "@intramesh/core";
import { currentContext, type Edge, endClientSpan, sdkRegistered, startClientSpan } from "@intramesh/telemetry";
import type { Stage } from "../chain.ts";
import type { ClusterEndpoint } from "../cluster-endpoint.ts";

/** One client span and one count for each request, whatever its attempts and however it ends. */
export const traceRequest: Stage = {
  role: "trace",
  filter: ({ host, port, operation, clusterName, edge: unreachedEdge }, { clock, nodeId }) => {
    const facts = { operation, host, port, nodeId };

    function record(exchange: Exchange, outcome: Outcome): void {
      const status = outcome.kind === "response" ? outcome.status : 0;
      edgeOf(exchange).record(
        status,
        flagsOf(exchange),
        grpcStatusOf(exchange, outcome),
        clock.now() - exchange.startedAt,
      );
    }

    /** An answer of the mesh itself counts for the endpoint that the last attempt went to, as at a sidecar. */
    function edgeOf(exchange: Exchange): Edge {
      // Only pick-endpoint sets it, and to nothing else.
      const upstream = exchange.upstream as ClusterEndpoint | undefined;
      return upstream?.edge ?? unreachedEdge;
    }

    return (next) => (exchange) => {
      const span = sdkRegistered() ? startClientSpan(facts, exchange, currentContext()) : undefined;
      return next(exchange).then((outcome) => {
        const finish = (): void => {
          record(exchange, outcome);
          if (span === undefined) return;
          endClientSpan(span, {
            status: outcome.kind === "response" ? outcome.status : 0,
            flags: flagsOf(exchange),
            upstreamCluster: clusterName,
            upstreamAddress: exchange.upstream?.endpoint.id ?? "",
            attempts: exchange.attempts,
            explanation: exchange.explanation,
          });
        };
        if (outcome.kind === "response") outcome.body.onSettled(finish);
        else finish();
        return outcome;
      });
    };
  },
};

function flagsOf(exchange: Exchange): string {
  return exchange.flags.length === 0 ? "-" : exchange.flags.join(",");
}

function grpcStatusOf(exchange: Exchange, outcome: Outcome): string {
  if (exchange.headers.get("content-type")?.startsWith("application/grpc") !== true) return "";
  return (outcome.kind === "response" ? outcome.header("grpc-status") : undefined) ?? "";
}
