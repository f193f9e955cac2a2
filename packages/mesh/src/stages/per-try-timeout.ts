import type { Stage } from "../chain.ts";

/** Ends one attempt whose response head does not come; ignored where the route timeout is no longer than it. */
export const perTryTimeout: Stage = {
  role: "per-try-timeout",
  filter: ({ route }, { scheduler }) => {
    const perTryMs = route?.policy.retry.perTryTimeoutMs;
    if (perTryMs === undefined) return undefined;
    const { timeoutMs } = route!.policy;
    if (timeoutMs !== undefined && perTryMs >= timeoutMs) return undefined;
    return (next) => (exchange) => {
      const attempt = next(exchange);
      const stop = scheduler.after(perTryMs, () => exchange.cancel?.({ kind: "timeout", perTry: true }));
      return attempt.then((outcome) => {
        stop();
        return outcome;
      });
    };
  },
};
