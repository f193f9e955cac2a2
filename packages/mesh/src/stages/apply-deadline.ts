import type { Exchange, Outcome } from "@intramesh/core";
import { grpcTimeoutHeader, isGrpc, parseGrpcTimeoutMs, requestTimeoutMs } from "@intramesh/resilience";
import { abortExchange } from "@intramesh/transport";
import type { Stage } from "../chain.ts";
import { interruptedOutcome } from "../pause.ts";

/**
 * The earlier of the route timeout and what is left of the inbound request's own deadline: all attempts and back-offs,
 * up to the end of the response. A gRPC caller's `grpc-timeout` stands for the route timeout, capped by it.
 */
export const applyDeadline: Stage = {
  role: "deadline",
  filter: ({ route, goal }, { clock, scheduler }) => {
    const routeMs = route?.policy.timeoutMs;
    if (goal.kind === "refuse" || goal.kind === "redirect" || goal.kind === "respond") return undefined;
    return (next) => (exchange) => {
      const ownMs = requestTimeoutMs(routeMs, grpcMs(exchange)) ?? Number.POSITIVE_INFINITY;
      if (ownMs === Number.POSITIVE_INFINITY && exchange.deadline === Number.POSITIVE_INFINITY) return next(exchange);
      const now = clock.now();
      exchange.deadline = Math.min(exchange.deadline, now + ownMs);
      const leftMs = exchange.deadline - now;
      if (leftMs <= 0) return Promise.resolve<Outcome>(interruptedOutcome({ kind: "timeout", perTry: false }));
      const stop = scheduler.after(leftMs, () => {
        if (goal.kind === "cluster") goal.cluster.stats.upstream_rq_timeout += 1;
        abortExchange(exchange, { kind: "timeout", perTry: false });
      });
      return next(exchange).then((outcome) => {
        if (outcome.kind === "response") outcome.body.onSettled(stop);
        else stop();
        return outcome;
      });
    };
  },
};

function grpcMs({ headers }: Exchange): number | undefined {
  return isGrpc(headers.get("content-type")) ? parseGrpcTimeoutMs(headers.get(grpcTimeoutHeader)) : undefined;
}
