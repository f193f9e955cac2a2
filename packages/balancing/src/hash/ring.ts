import type { BalancingPolicy, Random } from "@intramesh/core";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { maxRedraws } from "../reselect.ts";
import type { Hash64 } from "./hash64.ts";
import type { WeightedEndpoint } from "./weighted-endpoint.ts";
import { highWord, lowWord, splitWords, wordOf } from "./words.ts";

interface Point<E> {
  readonly position: bigint;
  readonly owner: E;
}

/**
 * RING_HASH: every endpoint owns points on a ring of 64-bit numbers, a request goes to the owner of the first point at
 * or after its hash. Points stand where Envoy's ring_hash_lb.cc puts them, so that both pin a request to one endpoint.
 */
export class RingPicker<E extends BalancedEndpoint> implements Picker<E> {
  /** Points in ascending order: halves of their positions, and owners. */
  readonly #high: Uint32Array;
  readonly #low: Uint32Array;
  readonly #owners: readonly E[];
  /** The first point at or after the beginning of each of as many equal parts of the ring, and the end. */
  readonly #starts: Uint32Array;
  /** How far the upper half of a hash is shifted to give its part. */
  readonly #shift: number;

  constructor(endpoints: readonly WeightedEndpoint<E>[], size: BalancingPolicy["ring"], hash64: Hash64) {
    const points = placePoints(endpoints, size, hash64);
    this.#high = Uint32Array.from(points, ({ position }) => Number(position >> 32n));
    this.#low = Uint32Array.from(points, ({ position }) => Number(position & 0xffff_ffffn));
    this.#owners = points.map(({ owner }) => owner);
    const bits = Math.min(maxPartBits, Math.ceil(Math.log2(Math.max(2, points.length))));
    this.#shift = 32 - bits;
    this.#starts = findStarts(this.#high, bits);
  }

  /** Points on the ring. */
  get size(): number {
    return this.#owners.length;
  }

  pick(random: Random, avoid?: readonly string[], hash?: bigint): E | undefined {
    const owners = this.#owners;
    if (owners.length === 0) return undefined;
    if (hash !== undefined) splitWords(hash);
    const high = hash === undefined ? wordOf(random()) : highWord();
    const place = this.#placeOf(high, hash === undefined ? wordOf(random()) : lowWord());
    let picked = owners[place]!;
    if (avoid === undefined) return picked;
    // Envoy's shift for another attempt, which may meet the same owner again.
    for (let shift = 1; shift <= maxRedraws && avoid.includes(picked.endpoint.id); shift++) {
      picked = owners[(place + shift) % owners.length]!;
    }
    return picked;
  }

  /** The first point at or after the hash of these halves, the first of all where none is. */
  #placeOf(high: number, low: number): number {
    const highs = this.#high;
    const lows = this.#low;
    const part = high >>> this.#shift;
    let from = this.#starts[part]!;
    let to = this.#starts[part + 1]!;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const point = highs[middle]!;
      if (point < high || (point === high && lows[middle]! < low)) from = middle + 1;
      else to = middle;
    }
    return from === highs.length ? 0 : from;
  }
}

/** Parts of a ring are no finer than 2 to this power: 256 kB. */
const maxPartBits = 16;

/** Points are spread evenly, so that a part has about one of them and a search has next to nothing to do. */
function findStarts(highs: Uint32Array, bits: number): Uint32Array {
  const parts = 2 ** bits;
  const starts = new Uint32Array(parts + 1);
  let point = 0;
  for (let part = 0; part < parts; part++) {
    while (point < highs.length && highs[point]! >>> (32 - bits) < part) point += 1;
    starts[part] = point;
  }
  starts[parts] = highs.length;
  return starts;
}

/**
 * As many points as give the lightest endpoint whole ones, at least the minimum in total. Fractions of the others are
 * carried from one to the next.
 */
function placePoints<E extends BalancedEndpoint>(
  endpoints: readonly WeightedEndpoint<E>[],
  { minimumSize, maximumSize }: BalancingPolicy["ring"],
  hash64: Hash64,
): readonly Point<E>[] {
  const points: Point<E>[] = [];
  const least = endpoints.reduce((lightest, { share }) => Math.min(lightest, share), 1);
  const scale = Math.min(Math.ceil(least * minimumSize) / least, maximumSize);
  let target = 0;
  for (const { balanced, share } of endpoints) {
    target += scale * share;
    for (let index = 0; points.length < target; index++) {
      points.push({ position: hash64(`${balanced.endpoint.id}_${index}`), owner: balanced });
    }
  }
  return points.sort((one, other) => (one.position < other.position ? -1 : one.position > other.position ? 1 : 0));
}
