import type { Exchange, Outcome } from "@intramesh/core";
import { isGrpc } from "@intramesh/resilience";
import { currentContext, type Edge, shownGrpcStatus } from "@intramesh/telemetry";
import type { Stage } from "../chain.ts";
import type { ClusterEndpoint } from "../cluster-endpoint.ts";

/** One client span and one count for each request, whatever its attempts and however it ends. */
export const traceRequest: Stage = {
  role: "trace",
  filter: ({ host, port, service, operation, clusterName, edge: unreachedEdge }, { clock, tracer, metrics }) => {
    const facts = { operation, host, port, service, upstreamCluster: clusterName };

    /** An answer of the mesh itself counts for the endpoint that the last attempt went to, as at a sidecar. */
    function edgeOf(exchange: Exchange): Edge {
      // Only pick-endpoint sets it, and to nothing else.
      const upstream = exchange.upstream as ClusterEndpoint | undefined;
      return upstream?.edge ?? unreachedEdge;
    }

    return (next) => (exchange) => {
      const span = tracer.client(facts, exchange, currentContext());
      return next(exchange).then((outcome) => {
        const finish = (): void => {
          const status = outcome.kind === "response" ? outcome.status : 0;
          const flags = flagsOf(exchange);
          const grpcStatus = grpcStatusOf(exchange, outcome);
          edgeOf(exchange).record({
            status,
            flags,
            grpcStatus,
            durationMs: clock.now() - exchange.startedAt,
            requestBytes: exchange.body.bytes(),
            responseBytes: outcome.kind === "response" ? outcome.body.bytes : 0,
            tags: metrics.rules.clientTags?.(exchange),
          });
          span?.end({ outcome, flags, grpcStatus: grpcStatus ?? "" });
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

/** Undefined unless it is a gRPC request. */
function grpcStatusOf(exchange: Exchange, outcome: Outcome): string | undefined {
  if (!isGrpc(exchange.headers.get("content-type"))) return undefined;
  return shownGrpcStatus(outcome.kind === "response" ? outcome.header("grpc-status") : undefined);
}
