import type { Random } from "@intramesh/core";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { maxRedraws } from "../reselect.ts";
import type { Hash64 } from "./hash64.ts";
import type { WeightedEndpoint } from "./weighted-endpoint.ts";
import { highWord, lowWord, moduloOfWords, splitWords, wordOf } from "./words.ts";

/**
 * MAGLEV: a table in which every endpoint owns its share of the entries, in an order of its own that hardly changes as
 * others come and go (Eisenbud et al., "Maglev", NSDI 2016). Filled as Envoy's maglev_lb.cc fills it.
 */
export class MaglevPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #endpoints: readonly E[];
  /** Which endpoint owns each entry. */
  readonly #table: Uint32Array;

  constructor(endpoints: readonly WeightedEndpoint<E>[], tableSize: number, hash64: Hash64) {
    const sorted = [...endpoints].sort((one, other) => compareIds(one.balanced, other.balanced));
    this.#endpoints = sorted.map(({ balanced }) => balanced);
    this.#table = fillTable(sorted, tableSize, hash64);
  }

  pick(random: Random, avoid?: readonly string[], hash?: bigint): E | undefined {
    const table = this.#table;
    const endpoints = this.#endpoints;
    if (endpoints.length === 0) return undefined;
    if (hash !== undefined) splitWords(hash);
    const high = hash === undefined ? wordOf(random()) : highWord();
    const low = hash === undefined ? wordOf(random()) : lowWord();
    let picked = endpoints[table[moduloOfWords(high, low, table.length)]!]!;
    if (avoid === undefined) return picked;
    for (let attempt = 1; attempt <= maxRedraws && avoid.includes(picked.endpoint.id); attempt++) {
      // Envoy flips the hash with the negative of the attempt, which turns over nearly every bit.
      const entry = moduloOfWords(~high >>> 0, (low ^ -attempt) >>> 0, table.length);
      picked = endpoints[table[entry]!]!;
    }
    return picked;
  }
}

/** By the bytes of the id, as Envoy sorts; ids are ASCII. */
function compareIds(one: BalancedEndpoint, other: BalancedEndpoint): number {
  if (one.endpoint.id === other.endpoint.id) return 0;
  return one.endpoint.id < other.endpoint.id ? -1 : 1;
}

/** Endpoints take turns; the heaviest has one in every round, one of half its weight in every other. */
function fillTable(
  endpoints: readonly WeightedEndpoint<BalancedEndpoint>[],
  size: number,
  hash64: Hash64,
): Uint32Array {
  const free = endpoints.length;
  const table = new Uint32Array(size).fill(free);
  if (free === 0) return table;
  const heaviest = endpoints.reduce((most, { share }) => Math.max(most, share), 0);
  const places = endpoints.map(({ balanced: { endpoint } }) => Number(hash64(endpoint.id) % BigInt(size)));
  const skips = endpoints.map(({ balanced: { endpoint } }) => Number(hash64(endpoint.id, 1n) % BigInt(size - 1)) + 1);
  const targets = new Float64Array(free);
  let filled = 0;
  for (let round = 1; filled < size; round++) {
    for (let at = 0; at < free && filled < size; at++) {
      if (round * endpoints[at]!.share < targets[at]!) continue;
      targets[at]! += heaviest;
      while (table[places[at]!] !== free) places[at] = (places[at]! + skips[at]!) % size;
      table[places[at]!] = at;
      places[at] = (places[at]! + skips[at]!) % size;
      filled += 1;
    }
  }
  return table;
}
