import type { Stage } from "../chain.ts";
import { ExchangeFacts } from "../exchange-facts.ts";

/** Rewrites, and the header operations of route and destination, on the way out and on the way back. */
export const shapeRequest: Stage = {
  role: "shape",
  filter: (policy, runtime) => {
    const { route, destination } = policy;
    if (route === undefined || destination === undefined) return undefined;
    const { rewritesPath } = route;
    const { changesRequest, changesResponse } = destination;
    const { authority } = destination.policy;
    if (!rewritesPath && !changesRequest && !changesResponse && authority === undefined) return undefined;
    return (next) => (exchange) => {
      // Response operations may name the request as it was called.
      const asCalled = {
        method: exchange.method,
        scheme: exchange.scheme,
        authority: exchange.authority,
        path: exchange.path,
      };
      const view = { ...asCalled, header: (name: string) => exchange.header(name) };
      const facts = changesRequest || changesResponse ? new ExchangeFacts(exchange, policy, runtime) : undefined;
      if (changesRequest) destination.applyRequestHeaders(exchange.headers, view, facts);
      if (authority !== undefined) exchange.authority = authority;
      if (rewritesPath) {
        exchange.headers.set("x-envoy-original-path", exchange.path);
        exchange.path = route.rewritePath(exchange.path);
      }
      const sent = next(exchange);
      if (!changesResponse || facts === undefined) return sent;
      return sent.then((outcome) => {
        if (outcome.kind !== "response" || outcome.local) return outcome;
        facts.response = outcome;
        destination.applyResponseHeaders(outcome.headers, view, facts);
        return outcome;
      });
    };
  },
};
