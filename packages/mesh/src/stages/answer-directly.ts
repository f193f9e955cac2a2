import { type Exchange, HeaderMap, type Outcome } from "@intramesh/core";
import { type CompiledRoute, redirectLocation } from "@intramesh/routing";
import { localResponse } from "@intramesh/transport";
import type { Stage } from "../chain.ts";

/** Redirects, direct responses, and the refusals of a route table: whatever needs no upstream. */
export const answerDirectly: Stage = {
  role: "answer-directly",
  filter: ({ goal, route }) => {
    switch (goal.kind) {
      case "redirect":
        return () => (exchange) => Promise.resolve(redirect(exchange, route!));
      case "respond":
        return () => (exchange) => Promise.resolve(respond(exchange, route!, goal.status, goal.body));
      case "refuse":
        return () => (exchange) => {
          if (goal.flag !== undefined) exchange.flags = [...exchange.flags, goal.flag];
          return Promise.resolve(localResponse(goal.status, goal.body));
        };
      default:
        return undefined;
    }
  },
};

function redirect(exchange: Exchange, route: CompiledRoute): Outcome {
  const { action } = route.policy;
  const status = action.kind === "redirect" ? action.status : 301;
  const headers = new HeaderMap(["location", redirectLocation(route, exchange, exchange.port)]);
  const response = localResponse(status, "", headers);
  if (route.changesResponse) route.applyResponseHeaders(response.headers, exchange);
  return response;
}

function respond(exchange: Exchange, route: CompiledRoute, status: number, body: string): Outcome {
  const response = localResponse(status, body);
  if (route.changesResponse) route.applyResponseHeaders(response.headers, exchange);
  return response;
}
