import type { Random } from "@intramesh/core";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { reselect } from "../reselect.ts";

/** ROUND_ROBIN among equals. Starts anywhere, so that many clients do not all begin with the same endpoint. */
export class RoundRobinPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #endpoints: readonly E[];
  #next: number;

  constructor(endpoints: readonly E[], random: Random, previous: Picker<E> | undefined) {
    this.#endpoints = endpoints;
    const kept = previous instanceof RoundRobinPicker ? placeIn(endpoints, previous.#upcoming()) : undefined;
    this.#next = kept ?? Math.floor(random() * endpoints.length);
  }

  pick(_random: Random, avoid?: readonly string[]): E | undefined {
    if (this.#endpoints.length === 0) return undefined;
    return avoid === undefined ? this.#advance() : reselect(() => this.#advance(), avoid);
  }

  #advance(): E {
    const endpoint = this.#endpoints[this.#next]!;
    this.#next = this.#next + 1 < this.#endpoints.length ? this.#next + 1 : 0;
    return endpoint;
  }

  /** Ids in the order in which their turns come. */
  *#upcoming(): Generator<string> {
    const endpoints = this.#endpoints;
    for (let at = 0; at < endpoints.length; at++) yield endpoints[(this.#next + at) % endpoints.length]!.endpoint.id;
  }
}

/** Where the first of `ids` that is still there stands. */
function placeIn(endpoints: readonly BalancedEndpoint[], ids: Iterable<string>): number | undefined {
  const places = new Map(endpoints.map(({ endpoint }, place) => [endpoint.id, place]));
  for (const id of ids) {
    const place = places.get(id);
    if (place !== undefined) return place;
  }
  return undefined;
}
