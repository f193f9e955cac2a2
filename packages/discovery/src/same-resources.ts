import type { Resource } from "@intramesh/config";

/** True where both hold the same objects under the same keys. */
export function sameResources(some: ReadonlyMap<string, Resource>, others: ReadonlyMap<string, Resource>): boolean {
  if (some.size !== others.size) return false;
  for (const [key, resource] of some) if (others.get(key) !== resource) return false;
  return true;
}
