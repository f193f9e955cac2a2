import type { EndpointState, MonotonicMs, Random } from "@intramesh/core";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { maxRedraws } from "../reselect.ts";
import { weightOf } from "../weight.ts";

/** What a request to an endpoint would cost at this moment; only comparisons count. */
export type Cost = (state: EndpointState, now: MonotonicMs | undefined) => number;

/** PEAK_EWMA and EVENT_LOOP_AWARE: of two different draws the cheaper for its weight. */
export class LeastCostPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #endpoints: readonly E[];
  readonly #cost: Cost;

  constructor(endpoints: readonly E[], cost: Cost) {
    this.#endpoints = endpoints;
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
    const endpoints = this.#endpoints;
    const at = Math.floor(random() * endpoints.length);
    const step = 1 + Math.floor(random() * (endpoints.length - 1));
    const first = endpoints[at]!;
    const second = endpoints[(at + step) % endpoints.length]!;
    const costs = this.#cost(second.state, now) * weightOf(first) < this.#cost(first.state, now) * weightOf(second);
    return costs ? second : first;
  }
}
