import type { CompiledDestination, CompiledRoute } from "./compiled-route.ts";

/**
 * The destination that `roll` (in [0, 1)) falls on, shares being weights in the order written.
 * The route must forward: it has at least one destination, and a single one takes everything.
 */
export function chooseDestination(route: CompiledRoute, roll: number): CompiledDestination {
  const { destinations } = route;
  const last = destinations.length - 1;
  let rest = roll * route.totalWeight;
  for (let at = 0; at < last; at += 1) {
    const destination = destinations[at]!;
    rest -= destination.policy.weight;
    if (rest < 0) return destination;
  }
  return destinations[last]!;
}
