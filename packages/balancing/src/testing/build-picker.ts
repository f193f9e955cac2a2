import { type BalancingAlgorithm, defaultBalancing, type Random } from "@intramesh/core";
import { buildAlgorithm } from "../build-algorithm.ts";
import { loadHash64 } from "../hash/hash64.ts";
import type { BalancedEndpoint, Picker } from "../picker.ts";

const hash64 = await loadHash64();

/** A picker of this algorithm over endpoints that may all be picked, with every setting at its default. */
export function buildPicker<E extends BalancedEndpoint>(
  algorithm: BalancingAlgorithm,
  endpoints: readonly E[],
  random: Random,
  previous?: Picker<E>,
): Picker<E> {
  return buildAlgorithm({ ...defaultBalancing, algorithm }, endpoints, { random, now: 0, hash64 }, previous);
}
