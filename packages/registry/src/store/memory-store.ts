import { randomUUID } from "node:crypto";
import type { Store } from "./store.ts";

/** A store that keeps nothing beyond the process: the registry's own index is all there is. */
export function createMemoryStore(): Store {
  return {
    load: () => ({ epoch: randomUUID(), revision: 0, objects: [], changes: [] }),
    commit() {},
    close() {},
  };
}
