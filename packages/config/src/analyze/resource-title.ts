import { nameOf } from "../policy/resource-order.ts";
import type { Resource } from "../resource.ts";

/** `VirtualService default/reviews` */
export function resourceTitle(resource: Resource): string {
  return `${resource.kind} ${nameOf(resource)}`;
}

/** Names of several resources, sorted: `default/a, default/b`. */
export function listNames(resources: Iterable<Resource>): string {
  return [...new Set([...resources].map(nameOf))].sort().join(", ");
}

/** Whether these are more than one: those with one name are one, in several states. */
export function areSeveral(resources: readonly Resource[]): boolean {
  return new Set(resources.map(nameOf)).size > 1;
}
