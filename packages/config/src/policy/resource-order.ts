import type { Resource } from "../resource.ts";

/** Where resources live that name no namespace. */
const defaultNamespace = "default";

/** Namespace of a resource; `default` where it names none. */
export function namespaceOf(resource: Resource): string {
  return resource.metadata.namespace ?? defaultNamespace;
}

/** `namespace/name` */
export function nameOf(resource: Resource): string {
  return `${namespaceOf(resource)}/${resource.metadata.name}`;
}

/** The older first; of one age by name, then by namespace. Those without a time come before all others. */
export function compareByAge(one: Resource, other: Resource): number {
  return (
    compareText(one.metadata.creationTimestamp ?? "", other.metadata.creationTimestamp ?? "") ||
    compareText(one.metadata.name, other.metadata.name) ||
    compareText(namespaceOf(one), namespaceOf(other))
  );
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
