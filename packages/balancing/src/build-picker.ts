import type { Random, SimpleLoadBalancer } from "@intramesh/core";
import type { BalancedEndpoint, Picker } from "./picker.ts";
import { LeastRequestPicker } from "./policy/least-request.ts";
import { RandomPicker } from "./policy/random.ts";
import { RoundRobinPicker } from "./policy/round-robin.ts";
import { WeightedPicker } from "./policy/weighted.ts";
import { equallyWeighted, weightOf, weightUnderLoad } from "./weight.ts";

/**
 * The picker for a set of endpoints, to be built when the set or the policy changes. The rotation of `previous`
 * goes on where it stood. PASSTHROUGH takes no part: its requests go to the address that the caller named.
 */
export function buildPicker<E extends BalancedEndpoint>(
  policy: Exclude<SimpleLoadBalancer, "PASSTHROUGH">,
  endpoints: readonly E[],
  random: Random,
  previous?: Picker<E>,
): Picker<E> {
  switch (policy) {
    case "RANDOM":
      return new RandomPicker(endpoints);
    case "ROUND_ROBIN":
      if (!equallyWeighted(endpoints)) return new WeightedPicker(endpoints, weightOf, random, previous);
      return new RoundRobinPicker(endpoints, random, previous);
    case "LEAST_REQUEST":
      if (!equallyWeighted(endpoints)) return new WeightedPicker(endpoints, weightUnderLoad, random, previous);
      return new LeastRequestPicker(endpoints);
  }
}
