import { type Exchange, HeaderMap, type Outcome, type ResponseOutcome } from "@intramesh/core";
import { type CompiledRoute, redirectLocation } from "@intramesh/routing";
import { localResponse } from "@intramesh/transport";
import type { ChainPolicy, Runtime, Stage } from "../chain.ts";
import { ExchangeFacts } from "../exchange-facts.ts";

/** Redirects, direct responses, and the refusals of a route table: whatever needs no upstream. */
export const answerDirectly: Stage = {
  role: "answer-directly",
  filter: (policy, runtime) => {
    const { goal, route } = policy;
    switch (goal.kind) {
      case "redirect":
        return () => (exchange) => shaped(redirect(exchange, route!), exchange, policy, runtime);
      case "respond":
        return () => (exchange) => shaped(localResponse(goal.status, goal.body), exchange, policy, runtime);
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

function redirect(exchange: Exchange, route: CompiledRoute): ResponseOutcome {
  const { action } = route.policy;
  const status = action.kind === "redirect" ? action.status : 301;
  const headers = new HeaderMap(["location", redirectLocation(route, exchange, exchange.port)]);
  return localResponse(status, "", headers);
}

/** With the route's own header operations for responses. */
function shaped(
  response: ResponseOutcome,
  exchange: Exchange,
  policy: ChainPolicy,
  runtime: Runtime,
): Promise<Outcome> {
  const { route } = policy;
  if (route?.changesResponse) {
    const facts = new ExchangeFacts(exchange, policy, runtime);
    facts.response = response;
    route.applyResponseHeaders(response.headers, exchange, facts);
  }
  return Promise.resolve(response);
}
