import type { KindInfo, Resource } from "@intramesh/config";

/** A resource as the registry keeps it. Immutable: a write makes a new one. */
export interface StoredObject {
  readonly info: KindInfo;
  /** Empty for kinds without a namespace. */
  readonly namespace: string;
  readonly name: string;
  /** Of its last write. */
  readonly revision: number;
  /** Under the stored apiVersion, managed metadata included. */
  readonly resource: Resource;
  /** `resource` as JSON, made once for the disk, for readers and for watchers. */
  readonly json: string;
}

/** One step of the registry's history. Every step has a revision of its own. */
export interface Change {
  readonly revision: number;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  /** The state after it; for a deletion the last state, under the deletion's revision. */
  readonly object: StoredObject;
  /** The state before it; undefined for a creation, and where the history before it is gone. */
  readonly previous: StoredObject | undefined;
}

/** Builds the immutable record of `resource` as written at `revision`. */
export function storedObject(info: KindInfo, resource: Resource, revision: number): StoredObject {
  const stamped: Resource = {
    ...resource,
    metadata: { ...resource.metadata, resourceVersion: String(revision) },
  };
  return {
    info,
    namespace: info.namespaced ? (stamped.metadata.namespace ?? "") : "",
    name: stamped.metadata.name,
    revision,
    resource: stamped,
    json: JSON.stringify(stamped),
  };
}

/** Key of an object among those of its kind. Neither part can contain a slash. */
export function objectKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
