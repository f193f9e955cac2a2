import type { Stage } from "../chain.ts";
import { loggedExchange } from "../logged-exchange.ts";

/** A line in the access log for each request, when its response has ended. Absent where outbound requests are not logged. */
export const logAccess: Stage = {
  role: "log-access",
  filter: (policy, runtime) => {
    const log = runtime.accessLogs.client;
    if (log === undefined) return undefined;
    const { clock } = runtime;
    return (next) => (exchange) =>
      next(exchange).then((outcome) => {
        const headMs = clock.now() - exchange.startedAt;
        const finish = (): void => log.log(loggedExchange(exchange, outcome, headMs, policy, runtime));
        if (outcome.kind === "response") outcome.body.onSettled(finish);
        else finish();
        return outcome;
      });
  },
};
