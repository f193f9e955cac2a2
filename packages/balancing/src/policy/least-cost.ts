import type { EndpointState, MonotonicMs, Random } from "@intramesh/core";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { maxRedraws } from "../reselect.ts";
import { weightOf } from "../weight.ts";

/** What a request to an endpoint would cost at this moment; only comparisons count. */
export type Cost = (state: EndpointState, now: MonotonicMs | undefined) => number;

/** PEAK_EWMA and EVENT_LOOP_AWARE: of two different draws the cheaper for its weight. */
export class LeastCostPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #endpoints: readonly E[];
  /** What comparisons read, apart from what surrounds it: a pick waits for memory more than for anything else. */
  readonly #states: readonly EndpointState[];
  readonly #weights: Float64Array;
  readonly #cost: Cost;

  constructor(endpoints: readonly E[], cost: Cost) {
    this.#endpoints = endpoints;
    this.#states = endpoints.map(({ state }) => state);
    this.#weights = Float64Array.from(endpoints, weightOf);
    this.#cost = cost;
  }

  pick(random: Random, avoid?: readonly string[], _hash?: bigint, now?: MonotonicMs): E | undefined {
    if (this.#endpoints.length < 2) return this.#endpoints[0];
    let picked = this.#draw(random, now);
    if (avoid === undefined) return picked;
    for (let redraws = 0; redraws < maxRedraws && avoid.includes(picked.endpoint.id); redraws++) {
      picked = this.#draw(random, now);
    }
    return picked;
  }

  #draw(random: Random, now: MonotonicMs | undefined): E {
    const states = this.#states;
    const weights = this.#weights;
    const count = states.length;
    const first = Math.floor(random() * count);
    const other = first + 1 + Math.floor(random() * (count - 1));
    const second = other < count ? other : other - count;
    const firstCost = this.#cost(states[first]!, now) * weights[second]!;
    const secondCost = this.#cost(states[second]!, now) * weights[first]!;
    return this.#endpoints[secondCost < firstCost ? second : first]!;
  }
}
