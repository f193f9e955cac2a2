import type { Stage } from "../chain.ts";

/** The times of a request's stages, for the admin port. Absent without one. */
export const timeRequest: Stage = {
  role: "timeline",
  filter: ({ clusterName }, { timelines }) => {
    if (timelines === undefined) return undefined;
    return (next) => (exchange) => {
      const timeline = timelines.begin(exchange, clusterName);
      exchange.trace = timeline;
      return next(exchange).then((outcome) => {
        timeline.answered(outcome);
        if (outcome.kind === "response") outcome.body.onSettled(() => timeline.ended());
        else timeline.ended();
        return outcome;
      });
    };
  },
};
