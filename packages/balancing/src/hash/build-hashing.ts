import type { BalancingPolicy } from "@intramesh/core";
import type { LocalityGroup } from "../locality/arrange.ts";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { weightOf } from "../weight.ts";
import type { Hash64 } from "./hash64.ts";
import { MaglevPicker } from "./maglev.ts";
import { RingPicker } from "./ring.ts";
import type { WeightedEndpoint } from "./weighted-endpoint.ts";

/** True where requests are pinned. */
export function isHashing({ algorithm }: BalancingPolicy): boolean {
  return algorithm === "RING_HASH" || algorithm === "MAGLEV";
}

/** The picker of pinned requests; shares sum up to 1. */
export function buildHashing<E extends BalancedEndpoint>(
  policy: BalancingPolicy,
  endpoints: readonly WeightedEndpoint<E>[],
  hash64: Hash64,
): Picker<E> {
  if (policy.algorithm === "MAGLEV") return new MaglevPicker(endpoints, policy.maglevTableSize, hash64);
  return new RingPicker(endpoints, policy.ring, hash64);
}

/** Endpoints of all localities with their shares, the localities' own shares counted in. */
export function sharesOf<E extends BalancedEndpoint>(
  groups: readonly LocalityGroup<E>[],
  isUsable: (balanced: E) => boolean,
): readonly WeightedEndpoint<E>[] {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  return groups.flatMap(({ weight, endpoints }) => sharesByWeight(endpoints.filter(isUsable), weight / total));
}

/** Shares by weight, `whole` in total. */
export function sharesByWeight<E extends BalancedEndpoint>(
  endpoints: readonly E[],
  whole: number,
): readonly WeightedEndpoint<E>[] {
  const total = endpoints.reduce((sum, balanced) => sum + weightOf(balanced), 0);
  return endpoints.map((balanced) => ({ balanced, share: (weightOf(balanced) / total) * whole }));
}
