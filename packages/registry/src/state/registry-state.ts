import type { KindInfo, Resource } from "@intramesh/config";
import { type Store, StoreFailure } from "../store/store.ts";
import { ChangeLog } from "./change-log.ts";
import { type Change, objectKey, type StoredObject, storedObject } from "./stored-object.ts";

/** A MeshConfig as it was written, checked by `parseMeshSettings`. */
export type MeshDocument = Readonly<Record<string, unknown>>;

/** What a writer wants: the object to stand as given, or to be gone. */
export type Intent =
  | { readonly type: "put"; readonly info: KindInfo; readonly resource: Resource }
  | { readonly type: "delete"; readonly object: StoredObject };

/** Hears of changes after they are durable, in the order of their revisions. */
export type ChangeListener = (changes: readonly Change[]) => void;

/**
 * Everything the registry knows, in memory, with the store behind it as the truth.
 * Reads never touch the disk; a write is durable before anybody sees it.
 */
export class RegistryState {
  readonly epoch: string;
  readonly log: ChangeLog;
  /** The MeshConfig, as it was written; undefined where the registry was started without one. */
  readonly mesh: MeshDocument | undefined;
  readonly #store: Store;
  readonly #byKind = new Map<KindInfo, Map<string, StoredObject>>();
  readonly #listeners = new Set<ChangeListener>();
  #revision: number;
  #all: readonly StoredObject[] | undefined;
  #failure: StoreFailure | undefined;

  constructor(store: Store, historyLimit: number, mesh?: MeshDocument) {
    this.mesh = mesh;
    const content = store.load();
    this.#store = store;
    this.epoch = content.epoch;
    this.#revision = content.revision;
    this.log = new ChangeLog(historyLimit, content.revision, content.changes);
    for (const object of content.objects) this.#index(object);
  }

  /** Of the last change to anything. */
  get revision(): number {
    return this.#revision;
  }

  /** Why the last write failed; undefined where it did not. */
  get failure(): StoreFailure | undefined {
    return this.#failure;
  }

  get(info: KindInfo, namespace: string, name: string): StoredObject | undefined {
    return this.#byKind.get(info)?.get(objectKey(info.namespaced ? namespace : "", name));
  }

  /** All of one kind, in no particular order. */
  ofKind(info: KindInfo): Iterable<StoredObject> {
    return this.#byKind.get(info)?.values() ?? [];
  }

  countOf(info: KindInfo): number {
    return this.#byKind.get(info)?.size ?? 0;
  }

  /** Everything, as of now; the same array until the next change. */
  all(): readonly StoredObject[] {
    this.#all ??= [...this.#byKind.values()].flatMap((objects) => [...objects.values()]);
    return this.#all;
  }

  /** Makes all of `intents` true, or none: it throws what the store throws. */
  write(intents: readonly Intent[]): readonly Change[] {
    const changes = intents.map((intent, position) => this.#change(intent, this.#revision + 1 + position));
    if (changes.length === 0) return changes;
    this.#commit(changes);
    for (const change of changes) {
      if (change.type === "DELETED") this.#unindex(change.object);
      else this.#index(change.object);
      this.log.append(change);
    }
    this.#revision = changes.at(-1)!.revision;
    this.#all = undefined;
    for (const listener of this.#listeners) listener(changes);
    return changes;
  }

  /** Returns what ends it. */
  onChange(listener: ChangeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #commit(changes: readonly Change[]): void {
    try {
      this.#store.commit(changes);
      this.#failure = undefined;
    } catch (error) {
      if (error instanceof StoreFailure) this.#failure = error;
      throw error;
    }
  }

  #change(intent: Intent, revision: number): Change {
    if (intent.type === "delete") {
      const { object } = intent;
      const gone = storedObject(object.info, object.resource, revision);
      return { revision, type: "DELETED", object: gone, previous: object };
    }
    const object = storedObject(intent.info, intent.resource, revision);
    const previous = this.get(object.info, object.namespace, object.name);
    return { revision, type: previous === undefined ? "ADDED" : "MODIFIED", object, previous };
  }

  #index(object: StoredObject): void {
    let objects = this.#byKind.get(object.info);
    if (objects === undefined) {
      objects = new Map();
      this.#byKind.set(object.info, objects);
    }
    objects.set(objectKey(object.namespace, object.name), object);
  }

  #unindex(object: StoredObject): void {
    this.#byKind.get(object.info)?.delete(objectKey(object.namespace, object.name));
  }
}
