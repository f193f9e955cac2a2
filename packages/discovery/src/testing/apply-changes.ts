import type { Resource, ResourceChanges } from "@intramesh/config";
import { keyOf, resourceKey } from "../resource-key.ts";

/** What resources are after a step, as whoever follows the steps has them. */
export function applyChanges(
  before: ReadonlyMap<string, Resource>,
  { put, deleted }: ResourceChanges,
): Map<string, Resource> {
  const after = new Map(before);
  for (const { kind, namespace, name } of deleted) after.delete(keyOf(kind, namespace, name));
  for (const resource of put) after.set(resourceKey(resource), resource);
  return after;
}

/** Resources by key. */
export function byKey(resources: readonly Resource[]): Map<string, Resource> {
  return new Map(resources.map((resource) => [resourceKey(resource), resource]));
}
