import type { MonotonicMs, Random } from "@intramesh/core";
import { highWord, lowWord, moduloOfWords, splitWords } from "../hash/words.ts";
import type { BalancedEndpoint, Picker } from "../picker.ts";
import { maxRedraws } from "../reselect.ts";

/** A priority that gets requests. */
export interface LoadedPriority<E extends BalancedEndpoint> {
  /** Share of the requests, above 0 to 100. */
  readonly percent: number;
  readonly picker: Picker<E>;
}

/** Chooses a priority, by the request's hash where it has one so that it stays, else by chance. */
export class PriorityPicker<E extends BalancedEndpoint> implements Picker<E> {
  readonly #priorities: readonly LoadedPriority<E>[];

  constructor(priorities: readonly LoadedPriority<E>[]) {
    this.#priorities = priorities;
  }

  pick(random: Random, avoid?: readonly string[], hash?: bigint, now?: MonotonicMs): E | undefined {
    let picked = this.#draw(random, avoid, hash, now);
    if (avoid === undefined || hash !== undefined) return picked;
    for (let redraws = 0; redraws < maxRedraws && picked && avoid.includes(picked.endpoint.id); redraws++) {
      picked = this.#draw(random, avoid, hash, now);
    }
    return picked;
  }

  #draw(
    random: Random,
    avoid: readonly string[] | undefined,
    hash: bigint | undefined,
    now: MonotonicMs | undefined,
  ): E | undefined {
    let roll = hash === undefined ? Math.floor(random() * 100) : percentOf(hash);
    for (const { percent, picker } of this.#priorities) {
      if (roll < percent) return picker.pick(random, avoid, hash, now);
      roll -= percent;
    }
    return undefined;
  }
}

function percentOf(hash: bigint): number {
  splitWords(hash);
  return moduloOfWords(highWord(), lowWord(), 100);
}
