import { randomUUID } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import { apiVersionOf, findKind, type KindInfo, type Resource } from "@intramesh/config";
import type { StoredObject } from "../state/stored-object.ts";

/** The kind of a Namespace. */
export const namespaceKind: KindInfo = findKind("Namespace")!;

/** Metadata that clients may send and the registry does not keep. */
const notKept = new Set(["resourceVersion", "selfLink", "managedFields", "generateName"]);

/**
 * The object as it will be stored: the stored apiVersion, and the metadata that is the registry's business
 * (uid, generation, creationTimestamp) taken from `previous` or made anew. Without resourceVersion.
 */
export function manageMetadata(
  info: KindInfo,
  input: Resource,
  previous: StoredObject | undefined,
  wallMs: number,
): Resource {
  const own = Object.entries(input.metadata).filter(([key, value]) => !notKept.has(key) && !isNothing(value));
  const before = previous?.resource;
  const specChanged = before !== undefined && !isDeepStrictEqual(before.spec, input.spec);
  return {
    ...input,
    apiVersion: apiVersionOf(info),
    kind: info.kind,
    metadata: {
      ...(Object.fromEntries(own) as Resource["metadata"]),
      uid: before?.metadata.uid ?? randomUUID(),
      generation: (before?.metadata.generation ?? 1) + (specChanged ? 1 : 0),
      creationTimestamp: before?.metadata.creationTimestamp ?? kubernetesTime(wallMs),
    },
  };
}

/** Kubernetes leaves out what is empty: labels of which the last one was taken away are no `labels: {}`. */
function isNothing(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
}

/** True where storing `next` would change nothing but the revision. */
export function isUnchanged(previous: StoredObject, next: Resource): boolean {
  const { resourceVersion: _, ...metadata } = previous.resource.metadata;
  return isDeepStrictEqual({ ...previous.resource, metadata }, next);
}

/** A Namespace as it stands before anybody said more of it. */
export function namespaceResource(name: string, wallMs: number): Resource {
  const bare: Resource = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
    spec: {},
    status: { phase: "Active" },
  };
  return manageMetadata(namespaceKind, bare, undefined, wallMs);
}

/** RFC 3339 in whole seconds, as Kubernetes writes it. */
export function kubernetesTime(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19)}Z`;
}
