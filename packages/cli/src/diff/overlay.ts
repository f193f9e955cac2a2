import { kindOf, type Resource } from "@intramesh/config";

/** Of rules for one host the oldest has it: what is not there yet would be the youngest. */
const youngest = "9999-12-31T23:59:59Z";

/** `before` with each of `changed` in the place of the resource of its kind, namespace and name, as `apply` would leave it. */
export function overlay(before: readonly Resource[], changed: readonly Resource[]): readonly Resource[] {
  const resources = new Map(before.map((resource) => [keyOf(resource), resource]));
  for (const resource of changed) {
    const creationTimestamp = resources.get(keyOf(resource))?.metadata.creationTimestamp ?? youngest;
    resources.set(keyOf(resource), { ...resource, metadata: { ...resource.metadata, creationTimestamp } });
  }
  return [...resources.values()];
}

/** The versions of one kind are one thing. */
function keyOf({ apiVersion, kind, metadata }: Resource): string {
  const isNamespaced = kindOf(apiVersion, kind)?.namespaced ?? true;
  return `${kind}/${isNamespaced ? (metadata.namespace ?? "default") : ""}/${metadata.name}`;
}
