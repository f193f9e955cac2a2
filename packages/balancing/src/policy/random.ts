import type { Random } from "@intramesh/core";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { reselect } from "../reselect.ts";

/** RANDOM: every endpoint alike, whatever it weighs. */
export class RandomPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #endpoints: readonly E[];

  constructor(endpoints: readonly E[]) {
    this.#endpoints = endpoints;
  }

  pick(random: Random, avoid?: readonly string[]): E | undefined {
    const endpoints = this.#endpoints;
    if (endpoints.length === 0) return undefined;
    if (avoid === undefined) return draw(endpoints, random);
    return reselect(() => draw(endpoints, random), avoid);
  }
}

function draw<E>(endpoints: readonly E[], random: Random): E {
  return endpoints[Math.floor(random() * endpoints.length)]!;
}
