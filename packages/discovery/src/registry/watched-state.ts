import { isDeepStrictEqual } from "node:util";
import { instanceMarks, type Resource, type ResourceChanges } from "@intramesh/config";
import { acceptResource, issuesText } from "../accept-resource.ts";
import type { WatchEvent } from "../registry-protocol.ts";
import { ResourceChangeLog } from "../resource-change-log.ts";
import { keyOf, keyOfResource, resourceKey, resourceTitle } from "../resource-key.ts";
import { announcedName, announcedService } from "./announced-service.ts";

/** Where a stream can be taken up again: changes up to `revision` of that history are in. */
export interface Position {
  readonly revision: number;
  readonly epoch: string | undefined;
}

interface Contents {
  /** By key. */
  readonly resources: Map<string, Resource>;
  /** What was said of the objects that are refused now, by key. */
  readonly refusals: Map<string, string>;
  /** Keys of instances that a registry forgot and that may come back. */
  readonly carried: Set<string>;
  /** Terms whose instances are in; none where the streams do not narrow. */
  readonly terms: Set<string>;
}

/** How the stream relates to what we have. */
type Phase =
  /** Nothing has been heard of this stream. */
  | { readonly kind: "unopened" }
  /** A whole state is on its way; what we had stays in force until then. */
  | { readonly kind: "resetting"; readonly epoch: string; readonly staged: Contents }
  /** What was missed is on its way. */
  | { readonly kind: "resuming" }
  /** Each change counts as it comes. */
  | { readonly kind: "live" };

/**
 * The state that a watch stream describes, event by event, over any number of streams. Objects that do not parse are
 * left out, or kept as they last were; objects that did not change stay the same objects.
 */
export class WatchedState {
  readonly #onRefused: (message: string) => void;
  #phase: Phase = { kind: "unopened" };
  #contents: Contents = emptyContents();
  readonly #changes: ResourceChangeLog = new ResourceChangeLog();
  #epoch: string | undefined;
  #mesh: unknown;
  /** Everything up to here is in. */
  #whole = 0;
  /** Latest revision seen. */
  #latest = 0;

  /** `onRefused` is told once of each object that does not parse, and again when its reasons change. */
  constructor(onRefused: (message: string) => void) {
    this.#onRefused = onRefused;
  }

  get position(): Position {
    return { revision: this.#whole, epoch: this.#epoch };
  }

  /** Latest revision that is in force. */
  get revision(): number {
    return this.#latest;
  }

  /** True where the resources are a state that the registry once had. */
  get isWhole(): boolean {
    return this.#phase.kind === "live";
  }

  /** Terms whose instances are in force. */
  get terms(): ReadonlySet<string> {
    return this.#contents.terms;
  }

  /** The registry's MeshConfig; undefined where it has none. */
  get mesh(): unknown {
    return this.#mesh;
  }

  /** What was said of the objects that are refused now. */
  get refused(): readonly string[] {
    return [...this.#contents.refusals.values()];
  }

  get resources(): readonly Resource[] {
    return [...this.#contents.resources.values()];
  }

  /** In what the resources differ from those at the last call; undefined where they do not. */
  takeChanges(): ResourceChanges | undefined {
    return this.#changes.take();
  }

  /** Takes a remembered state as what we have; the first stream replaces it. */
  adopt(resources: readonly Resource[]): void {
    const known = new Map(resources.map((resource) => [resourceKey(resource), resource]));
    this.#contents = { ...emptyContents(), resources: known };
  }

  /**
   * True where instances are kept that a registry with another history does not know: it lost its data or is a fresh
   * one, and instances need until their next renewal to be back.
   */
  get carriesInstances(): boolean {
    return this.#contents.carried.size > 0;
  }

  /** Lets go of the instances that have not come back. */
  dropCarried(): void {
    const { carried, resources } = this.#contents;
    for (const key of carried) this.#remove(resources, key);
    carried.clear();
  }

  /** To be called before the first event of each stream. */
  beginStream(): void {
    this.#phase = { kind: "unopened" };
  }

  /** Takes one event. Throws where it cannot follow those before it: the stream is of no use then. */
  apply(event: WatchEvent): void {
    switch (event.type) {
      case "RESET":
        this.#mesh = event.mesh;
        this.#phase = { kind: "resetting", epoch: event.epoch, staged: emptyContents() };
        return;
      case "RESUME":
        this.#resume(event.epoch);
        this.#mesh = event.mesh;
        return;
      case "PUT":
        this.#put(event.object, event.revision);
        return;
      case "DELETE":
        this.#delete(keyOf(event.kind, event.namespace, event.name), event.revision);
        return;
      case "SERVICE":
        this.#announce(event);
        return;
      case "INSTANCES":
        // They are of revisions that the stream has passed: nothing is missing in between.
        for (const object of event.objects) this.#accept(object, this.#target());
        this.#target().terms.add(event.service);
        return;
      case "BOOKMARK":
        this.#bookmark(event.revision);
        return;
    }
  }

  /** Forgets how far it came: the next stream brings everything. */
  distrust(): void {
    this.#epoch = undefined;
    this.#whole = 0;
  }

  #resume(epoch: string): void {
    if (epoch !== this.#epoch) {
      throw new Error(`the stream goes on in history ${epoch}, asked for was ${this.#epoch ?? "a whole state"}`);
    }
    this.#phase = { kind: "resuming" };
  }

  #put(object: unknown, revision: number): void {
    const target = this.#target();
    this.#advance(revision);
    this.#accept(object, target);
  }

  #announce({ revision, namespace, name, ports }: Extract<WatchEvent, { readonly type: "SERVICE" }>): void {
    const target = this.#target();
    ports.forEach((each, at) => {
      this.#put(announcedService(namespace, name, each, at), revision);
    });
    for (let at = ports.length; ; at++) {
      const key = keyOf("WorkloadEntry", namespace, announcedName(name, at));
      if (!target.resources.has(key)) break;
      this.#delete(key, revision);
    }
    this.#advance(revision);
  }

  #accept(object: unknown, target: Contents): void {
    const { resource, issues } = acceptResource(object);
    const named = resource ?? namesOf(object);
    const key = resourceKey(named);
    const known = this.#contents.resources.get(key);
    if (resource !== undefined) {
      target.refusals.delete(key);
      target.carried.delete(key);
      this.#set(target, key, known !== undefined && isDeepStrictEqual(known, resource) ? known : resource);
      return;
    }
    const kept = known === undefined ? "it is left out" : "its last good version stays in force";
    this.#refuse(target, key, `${resourceTitle(named)} is refused, ${kept}: ${issuesText(issues)}`);
    if (known !== undefined) this.#set(target, key, known);
  }

  #delete(key: string, revision: number): void {
    const target = this.#target();
    this.#advance(revision);
    target.refusals.delete(key);
    target.carried.delete(key);
    if (target === this.#contents) this.#remove(target.resources, key);
    else target.resources.delete(key);
  }

  #remove(resources: Map<string, Resource>, key: string): void {
    const resource = resources.get(key);
    if (resource === undefined) return;
    resources.delete(key);
    this.#changes.delete(keyOfResource(resource));
  }

  #set(target: Contents, key: string, resource: Resource): void {
    if (target.resources.get(key) === resource) return;
    target.resources.set(key, resource);
    if (target === this.#contents) this.#changes.put(resource);
  }

  #bookmark(revision: number): void {
    const target = this.#target();
    if (this.#phase.kind === "resetting") {
      const { epoch } = this.#phase;
      this.#carryOver(target, this.#epoch !== undefined && this.#epoch !== epoch);
      this.#epoch = epoch;
      this.#changes.replace(this.#contents.resources, target.resources);
      this.#contents = target;
    }
    this.#phase = { kind: "live" };
    this.#whole = revision;
    this.#latest = revision;
  }

  #carryOver(target: Contents, forgotten: boolean): void {
    const { resources, carried } = this.#contents;
    for (const [key, resource] of resources) {
      if (target.resources.has(key)) continue;
      if (!carried.has(key) && !(forgotten && isInstance(resource))) continue;
      target.resources.set(key, resource);
      target.carried.add(key);
    }
  }

  #target(): Contents {
    if (this.#phase.kind === "unopened") throw new Error("the stream begins with neither RESET nor RESUME");
    return this.#phase.kind === "resetting" ? this.#phase.staged : this.#contents;
  }

  /** Changes come in the order of their revisions: those before this one are all in. A whole state has no such order. */
  #advance(revision: number): void {
    if (this.#phase.kind === "resetting") return;
    this.#whole = Math.max(this.#whole, revision - 1);
    this.#latest = Math.max(this.#latest, revision);
  }

  #refuse(target: Contents, key: string, message: string): void {
    const said = this.#contents.refusals.get(key);
    target.refusals.set(key, message);
    if (said !== message) this.#onRefused(message);
  }
}

function emptyContents(): Contents {
  return { resources: new Map(), refusals: new Map(), carried: new Set(), terms: new Set() };
}

/** True for a WorkloadEntry that a process keeps alive by itself. */
function isInstance({ kind, metadata }: Resource): boolean {
  return kind === "WorkloadEntry" && metadata.annotations?.[instanceMarks.service] !== undefined;
}

/** The names that a refused object goes by, as far as it has any. */
function namesOf(object: unknown): Resource {
  const { kind, metadata } = (object ?? {}) as Partial<Resource>;
  const { name, namespace } = metadata ?? {};
  return {
    apiVersion: "",
    kind: typeof kind === "string" ? kind : "object",
    metadata: {
      name: typeof name === "string" ? name : "(without a name)",
      ...(typeof namespace === "string" ? { namespace } : {}),
    },
    spec: undefined,
  };
}
