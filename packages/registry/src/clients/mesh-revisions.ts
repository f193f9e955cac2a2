import { serviceOf } from "../instances/workload-entry.ts";
import { isMeshChange } from "../objects/mesh-change.ts";
import type { RegistryState } from "../state/registry-state.ts";
import type { Change } from "../state/stored-object.ts";

/** Revisions that are remembered, at least; a client that is further behind is behind all the same. */
const keptRevisions = 10_000;

/**
 * Which revisions every client of the mesh hears of. Others change nothing for it: a status, an inert object; or are
 * not for everybody: an instance of a service that it does not call.
 */
export class MeshRevisions {
  readonly #state: RegistryState;
  /** Those that clients hear of, after `#floor`, in order. */
  #heard: number[] = [];
  #floor: number;

  constructor(state: RegistryState) {
    this.#state = state;
    this.#floor = state.log.floor;
    for (let change = state.log.next(this.#floor); change !== undefined; change = state.log.next(change.revision)) {
      this.#add(change);
    }
    state.onChange((changes) => {
      for (const change of changes) this.#add(change);
    });
  }

  /**
   * The newest revision that a client at `revision` lacks nothing of. A client does not hear of revisions that are not
   * for it, and goes on naming the last that was.
   */
  reached(revision: number): number {
    if (revision < this.#floor || revision >= this.#state.revision) return revision;
    const next = this.#firstAfter(revision);
    return next === undefined ? this.#state.revision : next - 1;
  }

  #add(change: Change): void {
    if (!isMeshChange(change) || serviceOf(change.object.resource) !== undefined) return;
    this.#heard.push(change.revision);
    if (this.#heard.length < 2 * keptRevisions) return;
    this.#heard = this.#heard.slice(-keptRevisions);
    this.#floor = this.#heard[0]! - 1;
  }

  #firstAfter(revision: number): number | undefined {
    let [low, high] = [0, this.#heard.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#heard[middle]! > revision) high = middle;
      else low = middle + 1;
    }
    return this.#heard[low];
  }
}
