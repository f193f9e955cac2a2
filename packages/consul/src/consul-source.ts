import { createHash } from "node:crypto";
import type { Resource, ResourceChanges, ResourceKey } from "@intramesh/config";
import { type Cancel, MeshError, type SourceListener } from "@intramesh/core";
import { type AnswerFacts, type BlockingQuery, type BlockingQueryParts, startBlockingQuery } from "./blocking-query.ts";
import { type ConsulClient, createConsulClient } from "./consul-client.ts";
import type { AnnouncedInstance, ConsulHost, ConsulSource, ConsulState, InstanceAnnouncement } from "./consul-host.ts";
import { KeyResources, readKeys, resourceKey } from "./key-resources.ts";
import { type ConsulOptions, type ResolvedConsulOptions, resolveConsulOptions } from "./options.ts";
import { registerService } from "./register-service.ts";
import { ServiceInstances } from "./service-instances.ts";
import { createSlots, type Slots } from "./slots.ts";

/** Changes of a burst are one update. */
const gatherMs = 10;

/** An agent takes 200 connections of one client (`limits.http_max_conns_per_client`); others of the machine need some. */
const maxQueries = 100;

/** Consul's own servers, which nobody calls over a mesh. */
const ownService = "consul";

/** One call that fails and succeeds at the next try is nothing to talk about. */
const failuresWorthTelling = 2;

/** Of a digest of the resources: enough to tell two states apart, short enough to be read out. */
const revisionChars = 12;

interface WatchedService {
  readonly instances: ServiceInstances;
  readonly query: BlockingQuery;
  isAnswered: boolean;
}

/**
 * Resources from Consul: services and their instances from the catalog, everything else from keys below a prefix. Given
 * to `createMesh` as a source, it registers the process with the agent too.
 * Throws a MeshError with code MESH_BAD_OPTION for options that cannot be.
 */
export function consul(options: ConsulOptions = {}): ConsulSource {
  return new Source(resolveConsulOptions(options));
}

class Source implements ConsulSource {
  readonly name: string;
  readonly isRemote = true as const;
  readonly #options: ResolvedConsulOptions;
  readonly #client: ConsulClient;
  readonly #slots: Slots = createSlots(maxQueries);
  readonly #services: Map<string, WatchedService> = new Map();
  readonly #queries: BlockingQuery[] = [];
  #host: ConsulHost | undefined;
  #listener: SourceListener<ConsulState> | undefined;
  #keys: KeyResources | undefined;
  #keyTexts: ReadonlyMap<string, string> = new Map();
  #keyEntries: readonly Resource[] = [];
  #readingKeys: Promise<void> = Promise.resolve();
  #isCatalogAnswered: boolean;
  #areKeysAnswered = false;
  #delivered: ReadonlyMap<string, Resource> | undefined;
  #reported: ReadonlySet<string> = new Set();
  /** What fails now, by name, for as long as it does. */
  readonly #failing: Set<string> = new Set();
  #isTold = false;
  #cancelGather: Cancel | undefined;
  #cancelSettle: Cancel = () => {};
  /** Until then, ms on the monotonic clock, Consul has lost its past: silence is no word. */
  #distrustUntil = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  constructor(options: ResolvedConsulOptions) {
    this.name = `consul ${options.url}`;
    this.#options = options;
    this.#client = createConsulClient(options);
    this.#isCatalogAnswered = options.services !== undefined;
  }

  attach(host: ConsulHost): void {
    this.#host = host;
    this.#keys = new KeyResources((text, key) => host.parse(text, `${this.name} key ${key}`));
  }

  start(listener: SourceListener<ConsulState>): void {
    this.#listener = listener;
    const { prefix, services } = this.#options;
    if (services !== undefined) for (const service of services) this.#watch(service);
    else
      this.#follow(
        "the catalog",
        (at) => this.#client.services(at),
        (body) => this.#takeCatalog(body),
      );
    this.#follow(
      `the keys below ${prefix}`,
      (at) => this.#client.keys(prefix, at),
      (body) => this.#takeKeys(body),
    );
    this.#client.hold();
  }

  register(announcement: InstanceAnnouncement): AnnouncedInstance {
    return registerService({
      ...this.#attached,
      announcement,
      client: this.#client,
      ttlSeconds: this.#options.ttlSeconds,
      place: this.name,
    });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#cancelGather?.();
    this.#cancelSettle();
    for (const query of this.#queries) query.close();
    for (const { query } of this.#services.values()) query.close();
    await this.#readingKeys;
    this.#client.close();
  }

  get #attached(): ConsulHost {
    if (this.#host !== undefined) return this.#host;
    throw new MeshError("MESH_BAD_OPTION", `${this.name} belongs to no mesh yet: give it to createMesh in \`sources\``);
  }

  get #tokenAdvice(): string {
    const rights = 'a policy with `service_prefix "" { policy = "read" }` and `node_prefix "" { policy = "read" }`';
    return this.#options.token === undefined
      ? `give a token (option \`token\`, CONSUL_HTTP_TOKEN) that has ${rights}`
      : `the token needs ${rights}`;
  }

  #follow(what: string, ask: BlockingQueryParts["ask"], take: (body: unknown) => boolean): void {
    this.#queries.push(this.#query(what, ask, take));
  }

  #query(what: string, ask: BlockingQueryParts["ask"], take: (body: unknown) => boolean): BlockingQuery {
    const { clock, scheduler, random } = this.#attached;
    return startBlockingQuery({
      ask,
      onAnswer: (body, facts) => {
        this.#weigh(facts);
        return take(body);
      },
      onFailure: (failure) => this.#failed(what, failure),
      onRecovered: () => this.#recovered(what),
      slots: this.#slots,
      clock,
      scheduler,
      random,
    });
  }

  #weigh({ wentBack }: AnswerFacts): void {
    if (!wentBack) return;
    this.#distrustUntil = this.#attached.clock.now() + this.#options.graceMs;
    this.#planSettle();
  }

  #watch(service: string): void {
    const instances = new ServiceInstances(this.#options.graceMs);
    const take = (body: unknown): boolean => {
      const isNew = instances.take(body, this.#attached.clock.now(), this.#distrustUntil);
      const watched = this.#services.get(service);
      const isFirst = watched?.isAnswered === false;
      if (watched !== undefined) watched.isAnswered = true;
      if (isNew || isFirst) this.#gather();
      if (instances.dueAt !== undefined) this.#planSettle();
      return isNew;
    };
    const query = this.#query(`the instances of ${service}`, (at) => this.#client.instances(service, at), take);
    this.#services.set(service, { instances, query, isAnswered: false });
  }

  #takeCatalog(body: unknown): boolean {
    if (typeof body !== "object" || body === null || Array.isArray(body)) {
      throw new Error("the answer is not a catalog as Consul sends it: something else answers at this address");
    }
    const all = Object.keys(body);
    // Consul shows itself to whoever may read services; of the rest it leaves out silently what a token may not.
    if (all.length === 0) throw new Error(`the answer is empty, not even Consul itself is in it: ${this.#tokenAdvice}`);
    const names = new Set(all.filter((name) => name !== ownService));
    const isFirst = !this.#isCatalogAnswered;
    this.#isCatalogAnswered = true;
    let isNew = isFirst;
    for (const [service, { instances, query }] of this.#services) {
      // While instances of it are kept, what becomes of them is still asked for.
      if (names.has(service) || instances.entries.length > 0) continue;
      query.close();
      this.#services.delete(service);
      this.#failing.delete(`the instances of ${service}`);
      isNew = true;
    }
    for (const name of names) {
      if (this.#services.has(name)) continue;
      this.#watch(name);
      isNew = true;
    }
    if (isNew) this.#gather();
    return isNew;
  }

  #takeKeys(body: unknown): boolean {
    const texts = readKeys(body);
    const isNew = !this.#areKeysAnswered || !isSame(texts, this.#keyTexts);
    if (isNew) this.#readKeys(texts);
    return isNew;
  }

  #readKeys(texts: ReadonlyMap<string, string>): void {
    this.#keyTexts = texts;
    this.#readingKeys = this.#readingKeys.then(async () => {
      const keepMissing = this.#attached.clock.now() < this.#distrustUntil;
      const { resources, problems } = await this.#keys!.take(texts, keepMissing);
      if (this.#isClosed) return;
      this.#keyEntries = resources;
      this.#areKeysAnswered = true;
      this.#report(problems);
      this.#gather();
    });
  }

  /** Tells each problem once, for as long as it lasts. */
  #report(problems: readonly string[]): void {
    const fresh = problems.filter((problem) => !this.#reported.has(problem));
    this.#reported = new Set(problems);
    if (fresh.length > 0) this.#listener?.onError(new MeshError("MESH_BAD_RESOURCE", fresh.join("\n")));
  }

  #failed(what: string, failure: Parameters<BlockingQueryParts["onFailure"]>[0]): void {
    const { reason, status, inRow } = failure;
    const mayNotRead = status === 403 || status === 400;
    if (inRow < failuresWorthTelling && !mayNotRead) return;
    this.#failing.add(what);
    if (mayNotRead && !this.#areKeysAnswered && what.startsWith("the keys")) {
      // A token without `key_prefix` rules: the catalog is of use without them.
      this.#areKeysAnswered = true;
      this.#gather();
    }
    if (this.#isTold) return;
    this.#isTold = true;
    const meanwhile = this.#delivered === undefined ? "nothing is known yet" : "what is known stays in force";
    const message = `${this.name} does not tell ${what}: ${reason}; ${meanwhile}, it is tried again`;
    this.#listener?.onError(new MeshError("MESH_REGISTRY_UNREACHABLE", message));
  }

  #recovered(what: string): void {
    this.#failing.delete(what);
    if (this.#failing.size > 0 || !this.#isTold) return;
    this.#isTold = false;
    this.#attached.log(`${this.name} answers again`);
  }

  /** Looks again when the first of those who are kept in silence has to go. */
  #planSettle(): void {
    const { clock, scheduler } = this.#attached;
    const now = clock.now();
    const times = [...this.#services.values()].flatMap(({ instances }) => instances.dueAt ?? []);
    if (this.#distrustUntil > now) times.push(this.#distrustUntil);
    this.#cancelSettle();
    if (times.length > 0)
      this.#cancelSettle = scheduler.after(Math.max(1, Math.min(...times) - now), () => this.#settle());
  }

  #settle(): void {
    const now = this.#attached.clock.now();
    for (const { instances } of this.#services.values()) instances.settle(now);
    if (this.#areKeysAnswered && now >= this.#distrustUntil) this.#readKeys(this.#keyTexts);
    this.#gather();
    this.#planSettle();
  }

  #gather(): void {
    this.#cancelGather ??= this.#attached.scheduler.after(gatherMs, () => {
      this.#cancelGather = undefined;
      this.#deliver();
    });
  }

  #deliver(): void {
    const isWhole =
      this.#isCatalogAnswered &&
      this.#areKeysAnswered &&
      (this.#delivered !== undefined || [...this.#services.values()].every(({ isAnswered }) => isAnswered));
    if (!isWhole || this.#isClosed) return;
    const now = new Map<string, Resource>();
    for (const { instances } of this.#services.values()) {
      for (const entry of instances.entries) now.set(resourceKey(entry), entry);
    }
    // What somebody wrote down holds against what was read off the catalog.
    for (const resource of this.#keyEntries) now.set(resourceKey(resource), resource);
    const changes = this.#delivered === undefined ? undefined : changesBetween(this.#delivered, now);
    if (changes !== undefined && changes.put.length === 0 && changes.deleted.length === 0) return;
    if (this.#delivered === undefined) this.#client.release();
    this.#delivered = now;
    const resources = [...now.values()];
    const revision = revisionOf(now);
    this.#listener?.onUpdate({
      resources,
      changes,
      revision,
      description: `${this.name} at ${revision}`,
      stale: false,
    });
  }
}

function isSame(some: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): boolean {
  return some.size === others.size && [...some].every(([key, text]) => others.get(key) === text);
}

function changesBetween(before: ReadonlyMap<string, Resource>, after: ReadonlyMap<string, Resource>): ResourceChanges {
  return {
    put: [...after].filter(([key, resource]) => before.get(key) !== resource).map(([, resource]) => resource),
    deleted: [...before].filter(([key]) => !after.has(key)).map(([, resource]) => nameOf(resource)),
  };
}

function nameOf({ kind, metadata }: Resource): ResourceKey {
  return { kind, namespace: metadata.namespace || "default", name: metadata.name };
}

/** The same for the same resources, in whatever order they came. */
function revisionOf(resources: ReadonlyMap<string, Resource>): string {
  const hash = createHash("sha256");
  for (const key of [...resources.keys()].sort()) hash.update(JSON.stringify(resources.get(key)));
  return hash.digest("hex").slice(0, revisionChars);
}
