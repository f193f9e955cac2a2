import type { MonotonicMs, Random } from "@intramesh/core";
import { DeadlineHeap } from "../deadline-heap.ts";
import type { BalancedEndpoint, Picker } from "../picker.ts";

/** A locality that takes part, with its share against the others. */
export interface WeightedLocality<E extends BalancedEndpoint> {
  readonly weight: number;
  readonly picker: Picker<E>;
}

/** Chooses a locality, earliest deadline first as Envoy does, and an endpoint in it. */
export class LocalityPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #localities: readonly WeightedLocality<E>[];
  readonly #turns: DeadlineHeap;

  constructor(localities: readonly WeightedLocality<E>[], random: Random) {
    this.#localities = localities;
    this.#turns = new DeadlineHeap(localities.map(({ weight }) => random() / weight));
  }

  pick(random: Random, avoid?: readonly string[], hash?: bigint, now?: MonotonicMs): E | undefined {
    if (this.#localities.length === 0) return undefined;
    const { weight, picker } = this.#localities[this.#turns.first]!;
    this.#turns.postponeFirst(1 / weight);
    return picker.pick(random, avoid, hash, now);
  }
}
