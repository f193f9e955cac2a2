import type { Resource } from "@intramesh/config";
import type { Cancel, Clock, MonotonicMs, Scheduler } from "@intramesh/core";
import { findVerdict, hasConditions, type Verdict, type Verdicts, withVerdicts } from "../objects/conditions.ts";
import { isMeshChange } from "../objects/mesh-change.ts";
import type { Intent, RegistryState } from "../state/registry-state.ts";
import type { Change, StoredObject } from "../state/stored-object.ts";
import { StoreFailure } from "../store/store.ts";
import type { ClientReports, HeldReport } from "./client-reports.ts";
import type { MeshRevisions } from "./mesh-revisions.ts";
import { findRefusals, type Refusal } from "./refusals.ts";

/** Reports that come together are looked at once. */
const gatherMs = 50;

/** A client may end without a word: then its report ends. */
const lookAgainMs = 5_000;

/** After a restart of the registry every client that is still there has spoken by then: it repeats itself every 25 s. */
const settlingMs = 30_000;

const valid: Verdict = {
  status: "True",
  reason: "Valid",
  message: "the registry has checked it, and no client refuses it",
};

/**
 * Writes into the status of resources what the connected clients make of them. A resource that has been written waits
 * until each of them runs its revision; once it is Reconciled it stays so until it is written again or refused: a
 * process that starts later starts from the newest state. A status that is written is a revision of its own, which
 * watchers of the Kubernetes kind see and the mesh's clients do not.
 */
export class Reconciler {
  readonly #state: RegistryState;
  readonly #reports: ClientReports;
  readonly #revisions: MeshRevisions;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #stopListening: () => void;
  /** When the absence of a client says that there is none. */
  readonly #settledAt: MonotonicMs;
  /** Resources that are not reconciled, and the revision that clients have to reach. */
  readonly #waiting = new Map<string, { readonly object: StoredObject; readonly revision: number }>();
  #refused: ReadonlySet<string> = new Set();
  /** The look that is planned. */
  #plan: { readonly at: MonotonicMs; readonly cancel: Cancel } | undefined;
  #closed = false;

  constructor(
    state: RegistryState,
    reports: ClientReports,
    revisions: MeshRevisions,
    time: { readonly clock: Clock; readonly scheduler: Scheduler; readonly expectsClients: boolean },
  ) {
    this.#state = state;
    this.#reports = reports;
    this.#revisions = revisions;
    this.#clock = time.clock;
    this.#scheduler = time.scheduler;
    this.#adoptStored();
    const isExpecting = time.expectsClients || this.#waiting.size > 0;
    this.#settledAt = time.clock.now() + (isExpecting ? settlingMs : 0);
    this.#stopListening = state.onChange((changes) => this.#follow(changes));
    reports.onChange(() => this.#lookAfter(gatherMs));
    if (this.#waiting.size > 0) this.#lookAfter(lookAgainMs);
  }

  /** A resource that is about to be written, with what is true of it then. */
  begin(resource: Resource): Resource {
    const clients = this.#counted().length;
    const isAlone = clients === 0 && this.#isSettled();
    return this.#judged(resource, { Accepted: valid, Reconciled: isAlone ? runBy(0) : waitingFor(clients) });
  }

  close(): void {
    this.#closed = true;
    this.#plan?.cancel();
    this.#stopListening();
  }

  /** What was waiting when the registry ended waits on. Its revision may be that of a status, which is late enough. */
  #adoptStored(): void {
    const refused = new Set<string>();
    for (const object of this.#state.all()) {
      if (!hasConditions(object.info)) continue;
      if (findVerdict(object.resource, "Reconciled")?.status === "False") this.#wait(object);
      if (findVerdict(object.resource, "Accepted")?.status === "False") refused.add(keyOf(object));
    }
    this.#refused = refused;
  }

  #follow(changes: readonly Change[]): void {
    for (const change of changes) {
      const { type, object } = change;
      if (!hasConditions(object.info) || !isMeshChange(change)) continue;
      this.#waiting.delete(keyOf(object));
      if (type !== "DELETED" && findVerdict(object.resource, "Reconciled")?.status === "False") this.#wait(object);
    }
    if (this.#waiting.size > 0) this.#lookAfter(gatherMs);
  }

  #wait(object: StoredObject): void {
    this.#waiting.set(keyOf(object), { object, revision: object.revision });
  }

  /** Looks after this time, or sooner where that is planned. */
  #lookAfter(ms: number): void {
    const at = this.#clock.now() + ms;
    if (this.#closed || (this.#plan !== undefined && this.#plan.at <= at)) return;
    this.#plan?.cancel();
    const cancel = this.#scheduler.after(ms, () => {
      this.#plan = undefined;
      this.#look();
    });
    this.#plan = { at, cancel };
  }

  #look(): void {
    const counted = this.#counted();
    if (counted.length > 0 || this.#isSettled()) this.#judge(counted);
    if (this.#waiting.size > 0 || this.#refused.size > 0) this.#lookAfter(lookAgainMs);
  }

  #judge(counted: readonly HeldReport[]): void {
    const refusals = new Map(findRefusals(this.#reports.all(), this.#state).map((each) => [keyOf(each.object), each]));
    const reached = Math.min(...counted.map(({ report }) => this.#revisions.reached(report.revision)));
    const intents = new Map<string, Intent>();
    const judge = (object: StoredObject, verdicts: Verdicts): void => {
      const resource = this.#judged(object.resource, verdicts);
      intents.set(keyOf(object), { type: "put", info: object.info, resource });
    };
    for (const [key, { object, revision }] of this.#waiting) {
      if (!refusals.has(key) && revision <= reached)
        judge(this.#now(object), { Accepted: valid, Reconciled: runBy(counted.length) });
    }
    for (const [key, refusal] of refusals) {
      const verdict = refusedBy(refusal, counted.length);
      if (findVerdict(refusal.object.resource, "Accepted")?.message === verdict.message) continue;
      judge(refusal.object, { Accepted: verdict, Reconciled: verdict });
      if (!this.#waiting.has(key)) this.#wait(refusal.object);
    }
    if (!this.#write([...intents.values()])) return;
    for (const key of intents.keys()) if (!refusals.has(key)) this.#waiting.delete(key);
    this.#refused = new Set(refusals.keys());
  }

  /** False where the disk does not take it: then it is tried again. */
  #write(intents: readonly Intent[]): boolean {
    try {
      this.#state.write(intents);
      return true;
    } catch (error) {
      if (!(error instanceof StoreFailure)) throw error;
      return false;
    }
  }

  /** Another status may have been written since. */
  #now(object: StoredObject): StoredObject {
    return this.#state.get(object.info, object.namespace, object.name) ?? object;
  }

  /** Those who run a state of this registry; others are starting, or have sources beside it. */
  #counted(): readonly HeldReport[] {
    return this.#reports.all().filter(({ report }) => report.revision > 0);
  }

  #isSettled(): boolean {
    return this.#clock.now() >= this.#settledAt;
  }

  #judged(resource: Resource, verdicts: Verdicts): Resource {
    return withVerdicts(resource, verdicts, this.#clock.wallMs());
  }
}

function keyOf({ info, namespace, name }: StoredObject): string {
  return `${info.kind} ${namespace}/${name}`;
}

function runBy(clients: number): Verdict {
  if (clients === 0) return { status: "True", reason: "NoClients", message: "no client is connected" };
  return { status: "True", reason: "Running", message: `all ${clients} connected clients run it` };
}

function waitingFor(clients: number): Verdict {
  const whom = clients === 0 ? "clients to connect again" : `${clients} connected clients to run it`;
  return { status: "False", reason: "Pending", message: `waiting for ${whom}` };
}

function refusedBy({ clients, client, reason }: Refusal, connected: number): Verdict {
  const message = `${clients} of ${Math.max(clients, connected)} connected clients refuse it; ${client}: ${reason}`;
  return { status: "False", reason: "Refused", message };
}
