import { type Exchange, HeaderMap, type Outcome, type RateLimitPolicy } from "@intramesh/core";
import { rateLimitedBody, rateLimitedHeaders } from "@intramesh/resilience";
import { localResponse } from "@intramesh/transport";
import type { ChainPolicy, Stage } from "../chain.ts";

/** A ResiliencePolicy's outbound `rateLimit`: a token bucket of this process. Empty: 429 `RL`. */
export const limitRate: Stage = {
  role: "limit-rate",
  filter: (chain, { clock }) => {
    if (chain.goal.kind !== "cluster") return undefined;
    const { cluster } = chain.goal;
    const { rateLimiter, policy } = cluster.guards;
    if (rateLimiter === undefined || policy?.rateLimit === undefined) return undefined;
    const key = keyOf(policy.rateLimit, chain);
    return (next) => (exchange) => {
      const waitMs = rateLimiter.refuse(key, clock.now());
      if (waitMs === undefined) return next(exchange);
      cluster.stats.rate_limited += 1;
      return Promise.resolve(refuse(exchange, waitMs));
    };
  },
};

/** Calls of one process have one caller: itself. */
function keyOf({ per }: RateLimitPolicy, { route, host }: ChainPolicy): string {
  return per === "route" ? `${route?.policy.virtualService ?? host} ${route?.policy.index}` : "";
}

function refuse(exchange: Exchange, waitMs: number): Outcome {
  exchange.flags = [...exchange.flags, "RL"];
  return localResponse(429, rateLimitedBody, HeaderMap.from(rateLimitedHeaders(waitMs)));
}
