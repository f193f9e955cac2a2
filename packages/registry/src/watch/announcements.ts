import { instanceMarks } from "@intramesh/config";
import { isInService } from "../instances/in-service.ts";
import { workloadEntryKind } from "../instances/workload-entry.ts";
import type { RegistryState } from "../state/registry-state.ts";
import type { Change, StoredObject } from "../state/stored-object.ts";
import { registeredService } from "./instance-terms.ts";

/** A service that instances registered for. */
export interface Announcement {
  readonly namespace: string;
  readonly name: string;
  /** Ports by which callers know it: one map for each that its instances differ in; none where none is left. */
  readonly ports: readonly Readonly<Record<string, number>>[];
}

/** The instances of a service that clients see, counted by their ports as JSON. */
type Counts = Map<string, number>;

/**
 * Which services there are through their instances, and which changes changed that: those are what somebody hears who
 * does not subscribe to the instances themselves.
 */
export class Announcements {
  readonly #state: RegistryState;
  /** By `name.namespace`. */
  readonly #services: Map<string, Counts> = new Map();
  /** Changes before it are older than this process: any of them may have changed a service. */
  readonly #knownFrom: number;
  readonly #telling: Set<number> = new Set();

  /** Has to hear of changes before those who send them. */
  constructor(state: RegistryState) {
    this.#state = state;
    this.#knownFrom = state.revision;
    for (const object of state.ofKind(workloadEntryKind)) this.#count(object, 1);
    state.onChange((changes) => {
      for (const change of changes) this.#take(change);
      this.#forgetOld();
    });
  }

  /** All of them, as they are now. */
  *all(): Iterable<Announcement> {
    for (const key of this.#services.keys()) yield this.#announcement(key);
  }

  /** What a change of an instance announces, as the services are now; nothing where it changed none. */
  of({ revision, object, previous }: Change): readonly Announcement[] {
    if (revision > this.#knownFrom && !this.#telling.has(revision)) return [];
    const keys = new Set([object, previous].map(keyOf).filter((key) => key !== undefined));
    return [...keys].map((key) => this.#announcement(key));
  }

  #announcement(key: string): Announcement {
    const [name = "", namespace = ""] = key.split(".");
    const ports = [...(this.#services.get(key)?.keys() ?? [])].sort();
    return { namespace, name, ports: ports.map((text) => JSON.parse(text) as Record<string, number>) };
  }

  #take({ revision, type, object, previous }: Change): void {
    const gone = this.#count(previous, -1);
    const come = type === "DELETED" ? undefined : this.#count(object, 1);
    // The same ports that went and came are nothing to tell.
    if (gone !== come) this.#telling.add(revision);
  }

  /** Which service and ports went or came by it; undefined where others have them still, or it is not shown. */
  #count(object: StoredObject | undefined, step: 1 | -1): string | undefined {
    const key = keyOf(object);
    if (object === undefined || key === undefined || !isInService(object.resource)) return undefined;
    const ports = callerPorts(object);
    const counts: Counts = this.#services.get(key) ?? new Map();
    const count = (counts.get(ports) ?? 0) + step;
    if (count === 0) counts.delete(ports);
    else counts.set(ports, count);
    if (counts.size === 0) this.#services.delete(key);
    else this.#services.set(key, counts);
    return count === 0 || (count === 1 && step === 1) ? `${key} ${ports}` : undefined;
  }

  #forgetOld(): void {
    const { floor } = this.#state.log;
    for (const revision of this.#telling) {
      if (revision > floor) return;
      this.#telling.delete(revision);
    }
  }
}

function keyOf(object: StoredObject | undefined): string | undefined {
  return object === undefined ? undefined : registeredService(object);
}

/** JSON of port names to the ports that callers use, in the order of the names. */
function callerPorts({ resource }: StoredObject): string {
  const written = resource.metadata.annotations?.[instanceMarks.servicePorts];
  const own = (resource.spec as { readonly ports?: Readonly<Record<string, number>> }).ports ?? {};
  const ports = written === undefined ? own : (parsePorts(written) ?? own);
  return JSON.stringify(Object.fromEntries(Object.entries(ports).sort(([one], [other]) => (one < other ? -1 : 1))));
}

/** The annotation can be changed through the Kubernetes API: what cannot be read counts as absent. */
function parsePorts(text: string): Readonly<Record<string, number>> | undefined {
  try {
    const ports: unknown = JSON.parse(text);
    if (typeof ports !== "object" || ports === null || Array.isArray(ports)) return undefined;
    return Object.fromEntries(
      Object.entries(ports).filter((port): port is [string, number] => Number.isInteger(port[1])),
    );
  } catch {
    return undefined;
  }
}
