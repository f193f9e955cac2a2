import { isDeepStrictEqual } from "node:util";
import type { Resource } from "@intramesh/config";
import { type HealthAnswer, readHealth } from "./health-answer.ts";
import { type CatalogInstance, workloadEntryOf } from "./service-meta.ts";

interface Held {
  readonly instance: CatalogInstance;
  readonly entry: Resource;
}

/**
 * The instances of one service. Consul's word holds, but for silence: where an answer knows nobody any more, or where
 * Consul has lost its past, those who are missing are kept until `graceMs` have passed. Who is there and unwell goes
 * at once.
 */
export class ServiceInstances {
  readonly #graceMs: number;
  #answer: HealthAnswer = { callable: new Map(), known: new Set() };
  #held: ReadonlyMap<string, Held> = new Map();
  /** Until then, ms on the monotonic clock, those who are missing are kept; undefined where they are not. */
  #silentUntil: number | undefined;

  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  /** One WorkloadEntry for each instance to be called; the same object while nothing changes. */
  get entries(): readonly Resource[] {
    return [...this.#held.values()].map(({ entry }) => entry);
  }

  /** When `settle` has to be called again; undefined where it has not. */
  get dueAt(): number | undefined {
    return this.#silentUntil;
  }

  /** Takes an answer of `/v1/health/service`; true where the entries are others now. Throws an Error where it is none. */
  take(body: unknown, nowMs: number, distrustUntilMs: number): boolean {
    this.#answer = readHealth(body);
    if (this.#answer.known.size > 0) this.#silentUntil = undefined;
    else if (this.#held.size > 0) this.#silentUntil ??= nowMs + this.#graceMs;
    if (distrustUntilMs > nowMs) this.#silentUntil = Math.max(this.#silentUntil ?? 0, distrustUntilMs);
    return this.settle(nowMs);
  }

  /** Lets those go whose time is up; true where the entries are others now. */
  settle(nowMs: number): boolean {
    const { callable, known } = this.#answer;
    if (this.#silentUntil !== undefined && nowMs >= this.#silentUntil) this.#silentUntil = undefined;
    const held = new Map<string, Held>();
    for (const [key, instance] of callable) {
      const before = this.#held.get(key);
      const isSame = before !== undefined && isDeepStrictEqual(before.instance, instance);
      held.set(key, isSame ? before : { instance, entry: workloadEntryOf(instance) });
    }
    if (this.#silentUntil !== undefined) {
      const names = new Set([...held.values()].map(({ entry }) => entry.metadata.name));
      for (const [key, missing] of this.#held) {
        // One that came back through another agent is not missing.
        if (!known.has(key) && !names.has(missing.entry.metadata.name)) held.set(key, missing);
      }
    }
    const isOther = held.size !== this.#held.size || [...held].some(([key, one]) => this.#held.get(key) !== one);
    this.#held = held;
    return isOther;
  }
}
