import type { Stage } from "../chain.ts";

/** Counts what an endpoint has in flight, from the pick to the end of the body: the load that LEAST_REQUEST compares. */
export const observeOutcome: Stage = {
  role: "observe",
  filter: ({ goal }) => {
    if (goal.kind !== "cluster") return undefined;
    return (next) => (exchange) => {
      const { state } = exchange.upstream!;
      state.active += 1;
      const release = (): void => {
        state.active -= 1;
      };
      return next(exchange).then((outcome) => {
        if (outcome.kind === "response") outcome.body.onSettled(release);
        else release();
        return outcome;
      });
    };
  },
};
