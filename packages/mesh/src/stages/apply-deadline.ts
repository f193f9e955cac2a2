import { abortExchange } from "@intramesh/transport";
import type { Stage } from "../chain.ts";

/** The route timeout: all attempts and back-offs, up to the end of the response. */
export const applyDeadline: Stage = {
  role: "deadline",
  filter: ({ route }, { clock, scheduler }) => {
    const timeoutMs = route?.policy.timeoutMs;
    if (timeoutMs === undefined) return undefined;
    const announced = String(timeoutMs);
    return (next) => (exchange) => {
      exchange.deadline = Math.min(exchange.deadline, clock.now() + timeoutMs);
      exchange.headers.set("x-envoy-expected-rq-timeout-ms", announced);
      const stop = scheduler.after(timeoutMs, () => abortExchange(exchange, { kind: "timeout", perTry: false }));
      return next(exchange).then((outcome) => {
        if (outcome.kind === "response") outcome.body.onSettled(stop);
        else stop();
        return outcome;
      });
    };
  },
};
