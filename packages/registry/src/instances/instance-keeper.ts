import { isDeepStrictEqual } from "node:util";
import { parseResource, type Resource } from "@intramesh/config";
import type { Cancel, Clock, Scheduler } from "@intramesh/core";
import type { InstanceLease, InstanceRegistration } from "@intramesh/discovery";
import { readJsonObject } from "../http/read-json.ts";
import { alreadyExists } from "../http/status.ts";
import type { Logger } from "../logger.ts";
import { manageMetadata, namespaceKind, namespaceResource } from "../objects/managed-metadata.ts";
import type { Intent, RegistryState } from "../state/registry-state.ts";
import { type Change, objectKey, type StoredObject } from "../state/stored-object.ts";
import { invalidInstance, notRegistered, takenOver } from "./instance-errors.ts";
import { type Held, InstanceIndex, qualifiedName } from "./instance-index.ts";
import { type Lease, LeaseTable } from "./lease-table.ts";
import { checkInstanceNames, defaultTtlSeconds, parseRegistration } from "./parse-registration.ts";
import {
  type InstanceAddress,
  instanceFacts,
  registrationOf,
  withDrain,
  workloadEntryKind,
  workloadEntryOf,
} from "./workload-entry.ts";

/** An instance leaves the list at most this long after its lease has run out. */
const sweepEveryMs = 500;

/** Sessions that an instance has had, remembered so that none of them comes back. */
const formerSessionsKept = 4;

/** One instance, as the mesh API shows it. */
export interface InstanceView extends InstanceRegistration {
  readonly namespace: string;
  readonly service: string;
  readonly instance: string;
  /** Until the lease runs out; negative where it has, and is preserved. */
  readonly remainingMs: number;
  /** Since when an operator keeps it out of service, ISO 8601; absent while it is in service. */
  readonly drainedSince?: string;
}

/** Answer to a registration or renewal. */
export interface Registered {
  readonly created: boolean;
  /** An InstanceLease as JSON. */
  readonly json: string;
}

/** What instances did, since the registry started. */
export interface InstanceCounts {
  /** Registrations that were new or said something else than before. */
  readonly registered: number;
  readonly renewed: number;
  readonly left: number;
  readonly evicted: number;
}

/** Keeps the instances: as WorkloadEntries for everybody to see, and their leases for itself. */
export class InstanceKeeper {
  readonly #state: RegistryState;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #logger: Logger;
  readonly #leases: LeaseTable;
  readonly #index = new InstanceIndex();
  readonly #stopListening: () => void;
  #cancelSweep: Cancel = () => {};
  #preserved = 0;
  readonly #counts: { -readonly [Key in keyof InstanceCounts]: number } = {
    registered: 0,
    renewed: 0,
    left: 0,
    evicted: 0,
  };

  /** Every instance of the stored state gets one full lease. */
  constructor(state: RegistryState, clock: Clock, scheduler: Scheduler, logger: Logger) {
    this.#state = state;
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#logger = logger;
    this.#leases = new LeaseTable(clock);
    for (const object of state.ofKind(workloadEntryKind)) this.#adopt(object);
    this.#stopListening = state.onChange((changes) => this.#follow(changes));
    this.#planSweep();
  }

  get count(): number {
    return this.#leases.size;
  }

  /** Leases that have run out and are kept all the same. */
  get preserved(): number {
    return this.#preserved;
  }

  get counts(): InstanceCounts {
    return this.#counts;
  }

  /** True where at least one instance of the service is registered. */
  hasService(namespace: string, service: string): boolean {
    return this.#index.hasService(namespace, service);
  }

  /** Registers or renews. Throws an ApiError where it is refused. */
  put(at: InstanceAddress, body: string): Registered {
    const held = this.#index.find(at);
    if (held !== undefined && held.body === body) {
      this.#leases.renew(held.lease);
      this.#counts.renewed += 1;
      return { created: false, json: held.answer };
    }
    const registered = this.#register(at, body, held);
    this.#counts.registered += 1;
    return registered;
  }

  /** Removes an instance. Throws an ApiError where there is none, or another session holds it. */
  remove(at: InstanceAddress, session: string | undefined): StoredObject {
    const object = this.#require(at);
    const facts = instanceFacts(object.resource)!;
    if (session !== undefined && facts.session !== undefined && facts.session !== session) throw takenOver(at);
    this.#state.write([{ type: "delete", object }]);
    this.#counts.left += 1;
    return object;
  }

  /**
   * Takes an instance out of service, or puts it back: clients do not hear of it, its lease and its process go on. Holds
   * over renewals, a new process under the same id and a restart, until it is undone or the instance leaves. Throws an
   * ApiError where there is none.
   */
  setDrained(at: InstanceAddress, drained: boolean): InstanceView {
    const object = this.#require(at);
    const { drainedSince } = instanceFacts(object.resource)!;
    if (drained === (drainedSince !== undefined)) return this.#view(object, at);
    const wallMs = this.#clock.wallMs();
    const marked = withDrain(object.resource, drained ? new Date(wallMs).toISOString() : undefined);
    const resource = manageMetadata(workloadEntryKind, marked, object, wallMs);
    const [change] = this.#state.write([{ type: "put", info: workloadEntryKind, resource }]);
    const { namespace, name } = change!.object;
    this.#logger.info(`instance ${namespace}/${name} is ${drained ? "taken out of" : "put back into"} service`);
    return this.#view(change!.object, at);
  }

  /** One instance. Throws an ApiError where there is none. */
  get(at: InstanceAddress): InstanceView {
    return this.#view(this.#require(at), at);
  }

  /** All instances that `wanted` says yes to. */
  list(wanted: (at: InstanceAddress) => boolean): InstanceView[] {
    const views: InstanceView[] = [];
    for (const { at, lease } of this.#index.values()) {
      const object = wanted(at) ? this.#objectOf(at.namespace, lease.key) : undefined;
      if (object !== undefined) views.push(this.#view(object, at));
    }
    return views;
  }

  close(): void {
    this.#cancelSweep();
    this.#stopListening();
  }

  #register(at: InstanceAddress, body: string, held: Held | undefined): Registered {
    const { registration, causes } = parseRegistration(readJsonObject(body));
    const all = [...checkInstanceNames({ ...at }), ...causes];
    if (registration === undefined || all.length > 0) throw invalidInstance(at, all);
    const previous = held === undefined ? undefined : this.#objectOf(at.namespace, held.lease.key);
    const formerSessions = this.#succession(at, previous, registration.session);
    const name = previous?.name ?? this.#freeName(at);
    const entry = workloadEntryOf(at, name, registration, formerSessions);
    const drainedSince = previous === undefined ? undefined : instanceFacts(previous.resource)?.drainedSince;
    const wanted = checked(at, withDrain(entry, drainedSince));
    const change = this.#writeIfChanged(wanted, previous);
    const object = change?.object ?? previous!;
    const ttlSeconds = registration.ttlSeconds ?? defaultTtlSeconds;
    const lease = this.#leases.grant(objectKey(object.namespace, object.name), ttlSeconds * 1_000);
    const answer: InstanceLease = {
      ttlSeconds,
      renewSeconds: Math.round((ttlSeconds * 1_000) / 3) / 1_000,
      revision: object.revision,
    };
    const json = JSON.stringify(answer);
    this.#index.hold({ lease, at: { ...at }, body, answer: json });
    return { created: change?.type === "ADDED", json };
  }

  /** Another session takes the instance over; one that lost it may not have it back. */
  #succession(at: InstanceAddress, previous: StoredObject | undefined, session: string | undefined): readonly string[] {
    const facts = previous === undefined ? undefined : instanceFacts(previous.resource);
    if (facts === undefined) return [];
    if (session !== undefined && facts.formerSessions.includes(session)) throw takenOver(at);
    if (facts.session === undefined || session === facts.session) return facts.formerSessions;
    return [facts.session, ...facts.formerSessions].slice(0, formerSessionsKept);
  }

  #writeIfChanged(wanted: Resource, previous: StoredObject | undefined): Change | undefined {
    const { namespace, labels, annotations } = wanted.metadata;
    const before = previous?.resource;
    const metadata = { ...before?.metadata, ...wanted.metadata };
    const input = { ...wanted, metadata, ...keptStatus(before, wanted) };
    const resource = manageMetadata(workloadEntryKind, input, previous, this.#clock.wallMs());
    const same =
      before !== undefined &&
      isDeepStrictEqual(
        [before.spec, before.metadata.labels, before.metadata.annotations],
        [wanted.spec, labels, annotations],
      );
    if (same) return undefined;
    const intents: Intent[] = [{ type: "put", info: workloadEntryKind, resource }];
    if (this.#state.get(namespaceKind, "", namespace!) === undefined) {
      const home = namespaceResource(namespace!, this.#clock.wallMs());
      intents.unshift({ type: "put", info: namespaceKind, resource: home });
    }
    return this.#state.write(intents).at(-1);
  }

  #freeName(at: InstanceAddress): string {
    if (this.#state.get(workloadEntryKind, at.namespace, at.instance) === undefined) return at.instance;
    const qualified = qualifiedName(at);
    if (this.#state.get(workloadEntryKind, at.namespace, qualified) === undefined) return qualified;
    throw alreadyExists(workloadEntryKind, qualified);
  }

  #require(at: InstanceAddress): StoredObject {
    const held = this.#index.find(at);
    const object = held === undefined ? undefined : this.#objectOf(at.namespace, held.lease.key);
    if (object !== undefined) return object;
    throw notRegistered(at);
  }

  #objectOf(namespace: string, key: string): StoredObject | undefined {
    return this.#state.get(workloadEntryKind, namespace, key.slice(namespace.length + 1));
  }

  #view(object: StoredObject, at: InstanceAddress): InstanceView {
    const lease = this.#leases.get(objectKey(object.namespace, object.name));
    const remainingMs = lease === undefined ? 0 : Math.round(this.#leases.remainingMs(lease));
    const drainedSince = instanceFacts(object.resource)?.drainedSince;
    const drain = drainedSince === undefined ? {} : { drainedSince };
    return { ...at, ...registrationOf(object.resource), remainingMs, ...drain };
  }

  /** Takes a stored instance into care with a full lease; its first renewal is read in full. */
  #adopt(object: StoredObject): void {
    const facts = instanceFacts(object.resource);
    if (facts === undefined) return;
    const { service, instance, ttlSeconds } = facts;
    const lease = this.#leases.grant(objectKey(object.namespace, object.name), ttlSeconds * 1_000);
    const at = { namespace: object.namespace, service, instance };
    this.#index.hold({ lease, at, body: undefined, answer: "" });
  }

  /** WorkloadEntries can also be changed through the Kubernetes API; one that says it is an instance is held to it. */
  #follow(changes: readonly Change[]): void {
    for (const { type, object } of changes) {
      if (object.info !== workloadEntryKind) continue;
      const key = objectKey(object.namespace, object.name);
      if (type === "DELETED" || instanceFacts(object.resource) === undefined) {
        this.#index.release(key);
        this.#leases.drop(key);
      } else if (this.#index.get(key) === undefined) this.#adopt(object);
    }
  }

  #planSweep(): void {
    this.#cancelSweep = this.#scheduler.after(sweepEveryMs, () => {
      this.#sweep();
      this.#planSweep();
    });
  }

  #sweep(): void {
    const { lapsed, preserved } = this.#leases.sweep(sweepEveryMs);
    if (preserved > 0 && this.#preserved === 0) {
      this.#logger.warn(`${preserved} leases have run out at once: none is evicted until some are renewed`);
    } else if (preserved === 0 && this.#preserved > 0) {
      this.#logger.info("leases are renewed again: evicting as usual");
    }
    this.#preserved = preserved;
    if (lapsed.length > 0) this.#evict(lapsed);
  }

  #evict(lapsed: readonly Lease[]): void {
    const gone = lapsed.flatMap(({ key }) => {
      const held = this.#index.get(key);
      const object = held === undefined ? undefined : this.#objectOf(held.at.namespace, key);
      return object === undefined ? [] : [object];
    });
    try {
      this.#state.write(gone.map((object) => ({ type: "delete", object })));
    } catch (error) {
      // The disk does not take it now: they get another lease, and the next sweep after that tries again.
      for (const object of gone) this.#adopt(object);
      this.#logger.error(`evicting ${gone.length} instances failed: ${(error as Error).message}`);
      return;
    }
    this.#counts.evicted += gone.length;
    for (const object of gone) {
      this.#logger.info(`instance ${object.namespace}/${object.name} is gone: its lease was not renewed`);
    }
  }
}

/** What was found out about an instance holds for the process that it was found out about. */
function keptStatus(before: Resource | undefined, wanted: Resource): Pick<Resource, "status"> {
  if (before?.status === undefined) return {};
  const [held, asked] = [registrationOf(before), registrationOf(wanted)];
  return held.session === asked.session && held.healthCheck !== undefined && asked.healthCheck !== undefined
    ? { status: before.status }
    : {};
}

function checked(at: InstanceAddress, resource: Resource): Resource {
  const errors = parseResource(resource).issues.filter((issue) => issue.severity === "error");
  if (errors.length === 0) return resource;
  throw invalidInstance(
    at,
    errors.map(({ path, message }) => ({ reason: "FieldValueInvalid", field: path.replace(/^spec\./, ""), message })),
  );
}
