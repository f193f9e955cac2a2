import type { MonotonicMs, RateLimitPolicy } from "@intramesh/core";
import { createRateLimiter, type RateLimiter } from "@intramesh/resilience";
import { decodePeer } from "./workload.ts";

/** A ResiliencePolicy's `rateLimit` with `inbound: true`, as it stands at the moment. */
export interface InboundLimiter {
  /** Undefined: the request may pass. Else the milliseconds after which one of its kind may. */
  refuse(peer: string, path: string, now: MonotonicMs): number | undefined;
}

/** `current` is asked for each request: a policy that changes begins with full buckets. */
export function createInboundLimiter(current: () => RateLimitPolicy | undefined): InboundLimiter {
  let policy: RateLimitPolicy | undefined;
  let limiter: RateLimiter | undefined;
  return {
    refuse(peer, path, now) {
      const latest = current();
      if (latest !== policy) {
        // What was used up stays so where only other resources have changed.
        if (JSON.stringify(latest) !== JSON.stringify(policy)) limiter = latest && createRateLimiter(latest);
        policy = latest;
      }
      if (policy === undefined || limiter === undefined) return undefined;
      return limiter.refuse(keyOf(policy, peer, path), now);
    },
  };
}

/** A caller is a service in a version; a route of the inbound side is its path. */
function keyOf({ per }: RateLimitPolicy, peer: string, path: string): string {
  if (per === "caller") return decodePeer(peer).workload;
  return per === "route" ? (path.split("?", 1)[0] ?? path) : "";
}
