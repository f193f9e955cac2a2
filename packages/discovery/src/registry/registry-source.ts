import { isDeepStrictEqual } from "node:util";
import type { Resource, ResourceChanges } from "@intramesh/config";
import type { Cancel, Clock, Random, Scheduler, SourceListener, WorkloadQuery } from "@intramesh/core";
import { MeshError } from "@intramesh/core";
import { acceptResource } from "../accept-resource.ts";
import type { LastKnownGood, RememberedState } from "../last-known-good.ts";
import { instanceTerm, type WatchEvent } from "../registry-protocol.ts";
import type { ResourceSource, ResourceState } from "../resource-source.ts";
import { StateSaver } from "../state-saver.ts";
import { Backoff } from "./backoff.ts";
import { type RegistryAddress, registryAddress } from "./registry-address.ts";
import { Subscriptions } from "./subscriptions.ts";
import { causeText, unreachable } from "./unreachable.ts";
import { WatchStream } from "./watch-stream.ts";
import { WatchedState } from "./watched-state.ts";

/** Changes of a burst are one update: a resource applied with others is in force with them. */
const gatherMs = 10;

/** A registry that is well has sent its first state by then; a start does not wait longer. */
const patienceMs = 1_000;

/** A default lease: by then, instances that a registry forgot have registered again, or are gone. */
const carryMs = 30_000;

/** Between a remembered state and one that is the same. */
const noChanges: ResourceChanges = { put: [], deleted: [] };

/** One lost connection that comes back at the next try is nothing to talk about. */
const failuresWorthTelling = 2;

/** Which registry is asked for what, and by whose time and chance. */
export interface RegistrySourceOptions {
  /** `http://127.0.0.1:7070` */
  readonly url: string;
  /** Bearer token. */
  readonly token?: string;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  /** Without one, a start while the registry is away waits for it. */
  readonly lastKnownGood?: LastKnownGood;
  /** Whose instances are delivered: everybody's (so unless said otherwise), or of what `subscribe` asks for. */
  readonly instances?: "all" | "subscribed";
  /** Hears what a person should know and what is no error. */
  readonly log?: (message: string) => void;
}

/**
 * Follows a registry, however often the connection breaks: it ends only with `close()`. States are delivered whole,
 * within some 10 ms of a change. Once it has delivered, it does not keep the process alive.
 * Throws a MeshError with code MESH_BAD_OPTION for a URL that is none.
 */
export function registrySource(options: RegistrySourceOptions): ResourceSource {
  return new RegistrySource(registryAddress(options.url, options.token), options);
}

class RegistrySource implements ResourceSource {
  readonly name: string;
  readonly #address: RegistryAddress;
  readonly #options: RegistrySourceOptions;
  readonly #backoff: Backoff;
  readonly #saver: StateSaver | undefined;
  readonly #state: WatchedState;
  /** Undefined where all instances come anyway. */
  readonly #subscriptions: Subscriptions | undefined;
  #listener: SourceListener<ResourceState> | undefined;
  #stream: WatchStream | undefined;
  #cancelRetry: Cancel = () => {};
  #cancelPatience: Cancel = () => {};
  #cancelGather: Cancel | undefined;
  #cancelCarry: Cancel | undefined;
  /** As it was delivered last. */
  #latest: ResourceState | undefined;
  #delivered: "nothing" | "remembered" | "current" = "nothing";
  #deliveredMesh: unknown;
  #heardAt: number | undefined;
  #fallingBack = false;
  /** Streams in a row that ended before their first bookmark. */
  #failures = 0;
  #told = false;
  #closed = false;

  constructor(address: RegistryAddress, options: RegistrySourceOptions) {
    const { clock, scheduler, random, lastKnownGood } = options;
    this.name = `registry ${address.name}`;
    this.#address = address;
    this.#options = options;
    this.#backoff = new Backoff(random);
    this.#state = new WatchedState((message) =>
      this.#fail(new MeshError("MESH_BAD_RESOURCE", `${this.name}: ${message}`)),
    );
    this.#subscriptions = options.instances === "subscribed" ? new Subscriptions(clock) : undefined;
    if (lastKnownGood !== undefined) {
      this.#saver = new StateSaver(lastKnownGood, clock, scheduler, (error) =>
        this.#log(
          `the state cannot be kept in ${lastKnownGood.path}, a restart without the registry starts empty: ${error.message}`,
        ),
      );
    }
  }

  start(listener: SourceListener<ResourceState>): void {
    this.#listener = listener;
    void this.#begin();
    const silent = new Error(`it says nothing within ${patienceMs / 1_000} s`);
    this.#cancelPatience = this.#options.scheduler.after(patienceMs, () => void this.#fallBack(silent));
  }

  silentMs(): number | undefined {
    return this.#heardAt === undefined ? undefined : this.#options.clock.now() - this.#heardAt;
  }

  subscribe(query: WorkloadQuery): Promise<void> | undefined {
    const subscriptions = this.#subscriptions;
    if (subscriptions === undefined) return undefined;
    const term = instanceTerm(query);
    if (subscriptions.add(term)) this.#askSoon();
    return subscriptions.pending(term);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelRetry();
    this.#cancelPatience();
    this.#cancelGather?.();
    this.#cancelCarry?.();
    this.#stream?.close();
    await this.#saver?.flush();
  }

  /** A process goes on with the services that the one before it called: their first call does not wait, either. */
  async #begin(): Promise<void> {
    const { lastKnownGood } = this.#options;
    if (this.#subscriptions !== undefined && lastKnownGood !== undefined) {
      this.#subscriptions.inherit(await lastKnownGood.subscriptions());
    }
    if (!this.#closed) this.#connect();
  }

  #connect(): void {
    this.#state.beginStream();
    // A stream that resumes can only bring what has changed of what is here.
    const resumes = this.#state.position.revision > 0;
    const services = this.#subscriptions?.opening(resumes ? this.#state.terms : undefined);
    if (services === undefined && this.#state.terms.size > 0) this.#state.distrust();
    const from = this.#state.position;
    this.#stream = new WatchStream(this.#address, { from, services }, this.#options, {
      onEvent: (event) => this.#take(event),
      onEnd: (cause, retryAfterMs) => this.#reconnect(cause, retryAfterMs),
    });
    this.#stream.ask(this.#subscriptions?.unasked() ?? []);
    if (this.#delivered !== "nothing") this.#stream.release();
  }

  /** What is called for in one turn of the event loop is asked for together. */
  #askSoon(): void {
    queueMicrotask(() => {
      if (!this.#closed) this.#stream?.ask(this.#subscriptions?.unasked() ?? []);
    });
  }

  #take(event: WatchEvent): void {
    this.#heardAt = this.#options.clock.now();
    try {
      this.#state.apply(event);
    } catch (error) {
      this.#state.distrust();
      throw error;
    }
    if (event.type === "BOOKMARK") {
      this.#recovered();
      if (this.#state.carriesInstances)
        this.#cancelCarry ??= this.#options.scheduler.after(carryMs, () => this.#drop());
      this.#deliver();
    } else if (event.type === "INSTANCES" && this.#state.isWhole) {
      // Requests wait for them.
      this.#deliver();
    } else if (this.#state.isWhole) {
      this.#cancelGather ??= this.#options.scheduler.after(gatherMs, () => this.#deliver());
    }
  }

  #drop(): void {
    this.#cancelCarry = undefined;
    this.#state.dropCarried();
    // Otherwise the next bookmark delivers it.
    if (this.#state.isWhole) this.#deliver();
  }

  #reconnect(cause: Error, retryAfterMs: number | undefined): void {
    // A burst may be gathering: it is whole, and the next stream may be long in coming.
    if (this.#state.isWhole) this.#deliver();
    this.#failures += 1;
    this.#stream = undefined;
    this.#cancelRetry = this.#options.scheduler.after(this.#backoff.next(retryAfterMs), () => this.#connect());
    if (this.#delivered === "nothing") void this.#fallBack(cause);
    else if (this.#failures >= failuresWorthTelling) {
      this.#tell(cause, `the state of revision ${this.#state.revision} stays in force, it is tried again`);
    }
  }

  #recovered(): void {
    this.#failures = 0;
    this.#backoff.reset();
    if (this.#told) this.#log(`${this.name} answers again`);
    this.#told = false;
  }

  #deliver(): void {
    this.#cancelGather?.();
    this.#cancelGather = undefined;
    const changes = this.#state.takeChanges();
    const isNews = changes !== undefined || !isDeepStrictEqual(this.#state.mesh, this.#deliveredMesh);
    if (isNews || this.#delivered !== "current") this.#update(changes);
    else this.#advance();
    this.#subscriptions?.arrived(this.#state.terms);
  }

  /** What changed is of services that are not subscribed to: the registry wants to know that this client is not behind. */
  #advance(): void {
    const former = this.#latest;
    const revision = String(this.#state.revision);
    if (this.#subscriptions === undefined || former === undefined || former.revision === revision) return;
    this.#latest = { ...former, revision, description: `${this.name} at revision ${revision}` };
    this.#listener?.onUpdate({ ...this.#latest, changes: noChanges, sameAsBefore: true });
  }

  #update(changes: ResourceChanges | undefined): void {
    const isFirst = this.#delivered === "nothing";
    this.#delivered = "current";
    this.#cancelPatience();
    this.#stream?.release();
    const revision = String(this.#state.revision);
    const description = `${this.name} at revision ${revision}`;
    const subscriptions = this.#subscriptions?.worthKeeping();
    const { mesh, refused } = this.#state;
    this.#deliveredMesh = mesh;
    const state = {
      resources: this.#state.resources,
      revision,
      description,
      stale: false,
      ...(mesh === undefined ? {} : { mesh }),
      ...(refused.length === 0 ? {} : { refused }),
      ...(subscriptions === undefined ? {} : { subscriptions }),
    };
    this.#latest = state;
    this.#listener?.onUpdate({ ...state, changes: isFirst ? undefined : (changes ?? noChanges) });
    this.#saver?.save(state);
  }

  /** Starts from what is remembered, where the registry does not answer. */
  async #fallBack(cause: Error): Promise<void> {
    if (this.#fallingBack) return;
    this.#fallingBack = true;
    this.#cancelPatience();
    const remembered = await this.#remembered();
    if (this.#closed || this.#delivered !== "nothing") return;
    if (remembered === undefined) {
      this.#tell(cause, "no state is remembered from before, it is tried again; `intramesh registry` starts one");
      return;
    }
    const { state, savedAt } = remembered;
    this.#delivered = "remembered";
    this.#state.adopt(state.resources);
    this.#deliveredMesh = state.mesh;
    const age = ageText(this.#options.clock.wallMs() - savedAt);
    const { path } = this.#options.lastKnownGood!;
    this.#told = true;
    this.#log(
      `${this.name} cannot be reached: ${causeText(cause)}; starting with its state of ${age} ago from ${path}`,
    );
    this.#stream?.release();
    this.#listener?.onUpdate(state);
  }

  async #remembered(): Promise<RememberedState | undefined> {
    try {
      const remembered = await this.#options.lastKnownGood?.load();
      if (remembered === undefined) return undefined;
      const { state, savedAt } = remembered;
      // Another version of this library may have written it.
      const resources = state.resources.map((object) => acceptResource(object).resource).filter(isResource);
      return { state: { ...state, resources }, savedAt };
    } catch (error) {
      this.#log((error as Error).message);
      return undefined;
    }
  }

  #tell(cause: Error, meanwhile: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#fail(unreachable(this.#address.name, cause, meanwhile));
  }

  #fail(error: Error): void {
    this.#listener?.onError(error);
  }

  #log(message: string): void {
    this.#options.log?.(message);
  }
}

function isResource(resource: Resource | undefined): resource is Resource {
  return resource !== undefined;
}

const units: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
];

function ageText(ms: number): string {
  const [unitMs, name] = units.find(([size]) => ms >= 2 * size) ?? [1_000, "s"];
  return `${Math.round(Math.max(0, ms) / unitMs)} ${name}`;
}
