import { compileCors } from "@intramesh/routing";
import { localResponse } from "@intramesh/transport";
import type { Stage } from "../chain.ts";

/** Istio's `corsPolicy`: preflights end here, other responses tell the browser who may read them. */
export const answerCors: Stage = {
  role: "cors",
  filter: ({ route }) => {
    const cors = route === undefined ? undefined : compileCors(route.policy);
    if (cors === undefined) return undefined;
    return (next) => (exchange) => {
      const preflight = cors.answerPreflight(exchange);
      if (preflight !== undefined) return Promise.resolve(localResponse(200, "", preflight));
      return next(exchange).then((outcome) => {
        if (outcome.kind === "response") cors.addToResponse(outcome.headers, exchange);
        return outcome;
      });
    };
  },
};
