import type { Random } from "@intramesh/core";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { reselect } from "../reselect.ts";

/**
 * LEAST_REQUEST among equals: of two draws the one with fewer requests in flight. Two are enough to keep the fullest
 * endpoint near the average (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001).
 */
export class LeastRequestPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #endpoints: readonly E[];

  constructor(endpoints: readonly E[]) {
    this.#endpoints = endpoints;
  }

  pick(random: Random, avoid?: readonly string[]): E | undefined {
    const endpoints = this.#endpoints;
    if (endpoints.length === 0) return undefined;
    if (avoid === undefined) return lessLoaded(endpoints, random);
    return reselect(() => lessLoaded(endpoints, random), avoid);
  }
}

/** Draws with replacement; a tie keeps the first, as Envoy does. */
function lessLoaded<E extends BalancedEndpoint>(endpoints: readonly E[], random: Random): E {
  const first = endpoints[Math.floor(random() * endpoints.length)]!;
  const second = endpoints[Math.floor(random() * endpoints.length)]!;
  return second.state.active < first.state.active ? second : first;
}
