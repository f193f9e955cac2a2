import type { BulkheadPolicy } from "@intramesh/core";
import { type Place, RequestPlace } from "../ceilings/place.ts";

/** At most so many requests at once; as many as the queue holds wait, in the order of their coming. */
export interface Bulkhead {
  readonly active: number;
  readonly queued: number;
  /** Requests that were refused so far. */
  readonly refused: number;
  /** Takes another policy over; nothing that runs or waits is cut. */
  update(policy: BulkheadPolicy): void;
  /** Asks for a place. Undefined: refused. `start` is called once, later, where the place waits. */
  enter(start: () => void): Place | undefined;
}

/** An empty bulkhead. A place is kept until it is left, whatever became of its request: a timeout frees nothing by itself. */
export function createBulkhead(policy: BulkheadPolicy): Bulkhead {
  let { maxConcurrent, maxQueue } = policy;
  const queue = new Set<RequestPlace>();
  let active = 0;
  let refused = 0;

  function leave(place: RequestPlace): void {
    if (queue.delete(place)) return;
    active -= 1;
    startWaiting();
  }

  function startWaiting(): void {
    for (const place of queue) {
      if (active >= maxConcurrent) return;
      queue.delete(place);
      active += 1;
      place.begin();
    }
  }

  return {
    get active() {
      return active;
    },
    get queued() {
      return queue.size;
    },
    get refused() {
      return refused;
    },
    update(next) {
      ({ maxConcurrent, maxQueue } = next);
      startWaiting();
    },
    enter(start) {
      if (active < maxConcurrent && queue.size === 0) {
        active += 1;
        return new RequestPlace(undefined, leave);
      }
      if (queue.size >= maxQueue) {
        refused += 1;
        return undefined;
      }
      const place = new RequestPlace(start, leave);
      queue.add(place);
      return place;
    },
  };
}
