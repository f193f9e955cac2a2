import type { BalancingPolicy, MonotonicMs, Random } from "@intramesh/core";
import { eventLoopCost } from "./event-loop.ts";
import { buildHashing, sharesByWeight } from "./hash/build-hashing.ts";
import type { Hash64 } from "./hash/hash64.ts";
import { latencyCost } from "./latency.ts";
import type { BalancedEndpoint, Picker } from "./picker.ts";
import { LeastCostPicker } from "./policy/least-cost.ts";
import { LeastRequestPicker } from "./policy/least-request.ts";
import { RandomPicker } from "./policy/random.ts";
import { RoundRobinPicker } from "./policy/round-robin.ts";
import { type Weigh, WeightedPicker } from "./policy/weighted.ts";
import { warmAt, warmupFactor } from "./warmup/warmup-factor.ts";
import { equallyWeighted, weightOf, weightUnderLoad } from "./weight.ts";

/** Chance, time and the hash function. */
export interface AlgorithmParts {
  readonly random: Random;
  readonly now: MonotonicMs;
  /** From `loadHash64`. */
  readonly hash64: Hash64;
}

/** The algorithm itself, over endpoints that may all be picked. `previous` stood in the same place. */
export function buildAlgorithm<E extends BalancedEndpoint>(
  policy: BalancingPolicy,
  endpoints: readonly E[],
  { random, now, hash64 }: AlgorithmParts,
  previous: Picker<E> | undefined,
): Picker<E> {
  const { algorithm } = policy;
  switch (algorithm) {
    case "RANDOM":
    case "PASSTHROUGH":
      return new RandomPicker(endpoints);
    case "ROUND_ROBIN":
    case "LEAST_REQUEST": {
      const weigh = warming(policy, endpoints, now, algorithm === "ROUND_ROBIN" ? weightOf : weightUnderLoad);
      if (weigh !== undefined) return new WeightedPicker(endpoints, weigh, random, previous);
      return algorithm === "ROUND_ROBIN"
        ? new RoundRobinPicker(endpoints, random, previous)
        : new LeastRequestPicker(endpoints);
    }
    case "PEAK_EWMA":
      return new LeastCostPicker(endpoints, latencyCost);
    case "EVENT_LOOP_AWARE":
      return new LeastCostPicker(endpoints, eventLoopCost);
    case "RING_HASH":
    case "MAGLEV":
      return buildHashing(policy, sharesByWeight(endpoints, 1), hash64);
  }
}

/** How endpoints weigh where they weigh differently, by configuration or because some warm up; undefined: all alike. */
function warming<E extends BalancedEndpoint>(
  { warmup }: BalancingPolicy,
  endpoints: readonly E[],
  now: MonotonicMs,
  weigh: Weigh<E>,
): Weigh<E> | undefined {
  if (warmup === undefined || warmAt(warmup, endpoints, now) === undefined) {
    return equallyWeighted(endpoints) ? undefined : weigh;
  }
  return (balanced, at = now) => weigh(balanced) * warmupFactor(warmup, balanced.state, at);
}
