import type { Stage } from "../chain.ts";

/** Rewrites, and the header operations of route and destination, on the way out and on the way back. */
export const shapeRequest: Stage = {
  role: "shape",
  filter: ({ route, destination }) => {
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
      if (changesRequest) destination.applyRequestHeaders(exchange.headers, view);
      if (authority !== undefined) exchange.authority = authority;
      if (rewritesPath) {
        exchange.headers.set("x-envoy-original-path", exchange.path);
        exchange.path = route.rewritePath(exchange.path);
      }
      const sent = next(exchange);
      if (!changesResponse) return sent;
      return sent.then((outcome) => {
        if (outcome.kind === "response" && !outcome.local) destination.applyResponseHeaders(outcome.headers, view);
        return outcome;
      });
    };
  },
};
