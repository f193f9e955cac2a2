import { randomBytes } from "node:crypto";
import { type KindInfo, type MeshSettings, parseMeshSettings, type Resource } from "@intramesh/config";
import type { Clock } from "@intramesh/core";
import { alreadyExists, conflict, forbidden, notFound } from "../http/status.ts";
import type { Intent, RegistryState } from "../state/registry-state.ts";
import { type StoredObject, storedObject } from "../state/stored-object.ts";
import { hasConditions, keepConditions } from "./conditions.ts";
import { isUnchanged, manageMetadata, namespaceKind } from "./managed-metadata.ts";
import { createFindRelated, type FindRelated, type HasInstances } from "./related-resources.ts";
import { withSecretData } from "./secret-data.ts";
import { type FieldValidation, validateObject } from "./validate-object.ts";
import { writeWarnings } from "./write-warnings.ts";

/** How a client wants a write to be done. */
export interface WriteOptions {
  /** Everything but the write itself. */
  readonly dryRun: boolean;
  readonly fieldValidation: FieldValidation;
}

/** What a write came to. */
export interface Written {
  readonly object: StoredObject;
  readonly warnings: readonly string[];
}

/** What must hold for a deletion. */
export interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Says of a resource that is about to be written what is true of it then. */
export type BeginConditions = (resource: Resource) => Resource;

/** Namespaces that the registry makes itself, and would make again at its next start. */
const permanent: ReadonlySet<string> = new Set(["default", "istio-system"]);

/** Writes objects as Kubernetes does. Every method throws an ApiError where the write is refused. */
export class ObjectWriter {
  readonly #state: RegistryState;
  readonly #clock: Clock;
  readonly #findRelated: FindRelated;
  readonly #mesh: Partial<MeshSettings>;
  readonly #beginConditions: BeginConditions;

  constructor(state: RegistryState, clock: Clock, hasInstances: HasInstances, beginConditions: BeginConditions) {
    this.#state = state;
    this.#clock = clock;
    this.#mesh = parseMeshSettings(state.mesh).settings ?? {};
    this.#findRelated = createFindRelated(state, hasInstances);
    this.#beginConditions = beginConditions;
  }

  create(info: KindInfo, namespace: string, body: Readonly<Record<string, unknown>>, options: WriteOptions): Written {
    if (info.namespaced && this.#state.get(namespaceKind, "", namespace) === undefined) {
      throw notFound(namespaceKind, namespace);
    }
    const named = withGeneratedName(body);
    const { resource, warnings } = validateObject({ info, namespace, name: undefined }, named, options.fieldValidation);
    const { name } = resource.metadata;
    if (this.#state.get(info, namespace, name) !== undefined) throw alreadyExists(info, name);
    return this.#store(info, resource, undefined, warnings, options);
  }

  /** Writes over what is there; without a resourceVersion in `body` whatever that is. */
  replace(previous: StoredObject, body: Readonly<Record<string, unknown>>, options: WriteOptions): Written {
    const { info, namespace, name } = previous;
    const { resource, warnings } = validateObject({ info, namespace, name }, body, options.fieldValidation);
    const { resourceVersion, uid } = resource.metadata;
    const stale =
      resourceVersion !== undefined && resourceVersion !== "" && resourceVersion !== String(previous.revision);
    if (stale || (uid !== undefined && uid !== previous.resource.metadata.uid)) throw conflict(info, name);
    return this.#store(info, resource, previous, warnings, options);
  }

  /** Deleting a namespace deletes all that is in it. */
  remove(object: StoredObject, preconditions: Preconditions, dryRun: boolean): void {
    const { uid, resourceVersion } = object.resource.metadata;
    const otherUid = preconditions.uid !== undefined && preconditions.uid !== uid;
    const otherVersion =
      preconditions.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion;
    if (otherUid || otherVersion) throw conflict(object.info, object.name);
    const doomed = [object];
    if (object.info === namespaceKind) {
      if (permanent.has(object.name)) {
        throw forbidden(`namespaces "${object.name}" is forbidden: this namespace may not be deleted`);
      }
      doomed.unshift(...this.#state.all().filter(({ namespace }) => namespace === object.name));
    }
    if (!dryRun) this.#state.write(doomed.map((gone): Intent => ({ type: "delete", object: gone })));
  }

  #store(
    info: KindInfo,
    resource: Resource,
    previous: StoredObject | undefined,
    warnings: readonly string[],
    { dryRun }: WriteOptions,
  ): Written {
    const managed = manageMetadata(info, withSecretData(resource), previous, this.#clock.wallMs());
    const next = hasConditions(info) ? keepConditions(managed, previous) : managed;
    const all = [...warnings, ...writeWarnings(next, this.#findRelated, this.#mesh)];
    if (previous !== undefined && isUnchanged(previous, next)) return { object: previous, warnings: all };
    if (dryRun) return { object: preview(info, next, previous), warnings: all };
    const begun = hasConditions(info) ? this.#beginConditions(next) : next;
    const change = this.#state.write([{ type: "put", info, resource: begun }])[0]!;
    return { object: change.object, warnings: all };
  }
}

/** The object as it would be stored, under the revision that there is. */
function preview(info: KindInfo, resource: Resource, previous: StoredObject | undefined): StoredObject {
  const object = storedObject(info, resource, previous?.revision ?? 0);
  return previous === undefined ? { ...object, resource, json: JSON.stringify(resource) } : object;
}

function withGeneratedName(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const metadata = body["metadata"] as Readonly<Record<string, unknown>> | undefined;
  const prefix = metadata?.["generateName"];
  if (typeof prefix !== "string" || metadata?.["name"] !== undefined) return body;
  return { ...body, metadata: { ...metadata, name: prefix + randomBytes(3).toString("hex").slice(0, 5) } };
}
