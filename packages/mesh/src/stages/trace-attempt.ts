import type { Stage } from "../chain.ts";

/** An event on the request's client span for each attempt that is sent. One look where the request is not traced. */
export const traceAttempt: Stage = {
  role: "trace-attempt",
  filter: ({ goal }, { clock }) => {
    if (goal.kind !== "cluster" && goal.kind !== "passthrough") return undefined;
    return (next) => (exchange) => {
      const { trace, upstream } = exchange;
      if (trace === undefined) return next(exchange);
      const number = trace.attemptSent();
      const sentAtMs = clock.wallMs();
      const startedAt = clock.now();
      return next(exchange).then((outcome) => {
        trace.attemptEnded({ number, upstream, outcome, sentAtMs, tookMs: clock.now() - startedAt });
        return outcome;
      });
    };
  },
};
