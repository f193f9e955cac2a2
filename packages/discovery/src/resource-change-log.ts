import type { Resource, ResourceChanges, ResourceKey } from "@intramesh/config";
import { keyOf, keyOfResource, resourceKey } from "./resource-key.ts";

/** Gathers what happens to resources until somebody asks, so that a burst is one step. */
export class ResourceChangeLog {
  readonly #put: Map<string, Resource> = new Map();
  readonly #deleted: Map<string, ResourceKey> = new Map();

  put(resource: Resource): void {
    this.#put.set(resourceKey(resource), resource);
  }

  delete(key: ResourceKey): void {
    const text = keyOf(key.kind, key.namespace, key.name);
    this.#put.delete(text);
    this.#deleted.set(text, key);
  }

  /** Everything in which `after` differs from `before`, both by `resourceKey`. */
  replace(before: ReadonlyMap<string, Resource>, after: ReadonlyMap<string, Resource>): void {
    for (const [key, resource] of before) if (!after.has(key)) this.delete(keyOfResource(resource));
    for (const [key, resource] of after) if (before.get(key) !== resource) this.put(resource);
  }

  /** What was gathered since the last call; undefined where nothing was. */
  take(): ResourceChanges | undefined {
    if (this.#put.size === 0 && this.#deleted.size === 0) return undefined;
    const changes = { put: [...this.#put.values()], deleted: [...this.#deleted.values()] };
    this.#put.clear();
    this.#deleted.clear();
    return changes;
  }
}

/** In what one state differs from another, both by `resourceKey`; undefined where they are the same. */
export function compareResources(
  before: ReadonlyMap<string, Resource>,
  after: ReadonlyMap<string, Resource>,
): ResourceChanges | undefined {
  const log = new ResourceChangeLog();
  log.replace(before, after);
  return log.take();
}
