import type { Resource, ResourceKey } from "@intramesh/config";

/** Namespace of an object that names none, as kubectl has it. */
const defaultNamespace = "default";

/** Identity of a resource within a state: API versions of one kind are one thing. */
export function resourceKey({ kind, metadata }: Resource): string {
  return keyOf(kind, metadata.namespace, metadata.name);
}

/** The key of the resource that these words name. */
export function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace || defaultNamespace}/${name}`;
}

/** The names by which a change speaks of a resource. */
export function keyOfResource({ kind, metadata }: Resource): ResourceKey {
  return { kind, namespace: metadata.namespace || defaultNamespace, name: metadata.name };
}

/** How messages name a resource: `VirtualService default/reviews`. */
export function resourceTitle({ kind, metadata }: Resource): string {
  return `${kind} ${metadata.namespace || defaultNamespace}/${metadata.name}`;
}
