import type { MonotonicMs, Random } from "@intramesh/core";
import { DeadlineHeap } from "../deadline-heap.ts";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { reselect } from "../reselect.ts";

/** What an endpoint weighs, above 0; `now` is unknown where the caller did not say. */
export type Weigh<E extends BalancedEndpoint> = (balanced: E, now?: MonotonicMs) => number;

/**
 * ROUND_ROBIN and LEAST_REQUEST among unequals: earliest deadline first, as in Envoy's EdfScheduler. Whoever is picked
 * gets the next turn 1/weight later, with the weight that `weigh` gives it at that moment.
 */
export class WeightedPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #endpoints: readonly E[];
  readonly #weigh: Weigh<E>;
  readonly #turns: DeadlineHeap;

  /** Turns begin at a random point of each endpoint's period; those of `previous` go on. */
  constructor(endpoints: readonly E[], weigh: Weigh<E>, random: Random, previous: Picker<E> | undefined) {
    this.#endpoints = endpoints;
    this.#weigh = weigh;
    const left = previous instanceof WeightedPicker ? previous.#periodsLeft() : undefined;
    const deadlines = endpoints.map((balanced) => (left?.get(balanced.endpoint.id) ?? random()) / weigh(balanced));
    this.#turns = new DeadlineHeap(deadlines);
  }

  pick(_random: Random, avoid?: readonly string[], _hash?: bigint, now?: MonotonicMs): E | undefined {
    if (this.#endpoints.length === 0) return undefined;
    return avoid === undefined ? this.#advance(now) : reselect(() => this.#advance(now), avoid);
  }

  #advance(now: MonotonicMs | undefined): E {
    const picked = this.#endpoints[this.#turns.first]!;
    this.#turns.postponeFirst(1 / this.#weigh(picked, now));
    return picked;
  }

  /** By endpoint id: what is left of the time to its turn, in units of its period. */
  #periodsLeft(): Map<string, number> {
    const left = new Map<string, number>();
    for (const [at, time] of this.#turns.remaining()) {
      const balanced = this.#endpoints[at]!;
      left.set(balanced.endpoint.id, time * this.#weigh(balanced));
    }
    return left;
  }
}
