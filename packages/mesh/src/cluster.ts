import {
  buildClusterPicker,
  type ClusterPicker,
  createEndpointState,
  type Hash64,
  setEjected,
} from "@intramesh/balancing";
import {
  type Cancel,
  type Clock,
  type ClusterPolicy,
  type Endpoint,
  type EndpointState,
  noCeiling,
  noCeilings,
  type Outcome,
  type Random,
  type ResiliencePolicy,
  type Scheduler,
} from "@intramesh/core";
import type { NameResolver } from "@intramesh/discovery";
import {
  type Ceilings,
  createCeilings,
  createOutlierDetector,
  type HostConnections,
  type OutlierDetector,
} from "@intramesh/resilience";
import type { ClusterMetrics, ClusterStats, Edge, IstioMetrics } from "@intramesh/telemetry";
import type { EndpointPools } from "@intramesh/transport";
import type { Callers } from "./callers.ts";
import { clientNumber } from "./client-number.ts";
import { type ClusterEndpoint, connectionSettings, connectionsOf } from "./cluster-endpoint.ts";
import { buildGuards, type ClusterGuards, noGuards } from "./cluster-guards.ts";
import type { Emitter } from "./mesh-events.ts";
import { ResolvedEndpoints } from "./resolved-endpoints.ts";
import { arrivalLimitMs } from "./subscriptions.ts";
import { peerOfLabels, sourceEdge, type Workload } from "./workload.ts";

export interface ClusterParts {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly pools: EndpointPools;
  readonly names: NameResolver;
  readonly metrics: IstioMetrics;
  readonly clusterMetrics: ClusterMetrics;
  readonly events: Emitter;
  readonly self: Workload;
  /** Where those are that call like this process does, for zone aware routing. */
  readonly callers: Callers;
  /** xxHash64; throws before it has been loaded. */
  hash64(): Hash64;
}

/** A name that nobody has asked for yet takes its servers that long now and then; a connect timeout may be much shorter. */
const lookUpLimitMs = 1_000;

/**
 * Host, subset and port with their endpoints. Outlives snapshots: load, ejections, ceilings and connections stay as
 * policy and endpoints change. Its picker is replaced on each change, never asked to filter.
 */
export class Cluster {
  readonly key: string;
  policy: ClusterPolicy;
  picker: ClusterPicker<ClusterEndpoint>;
  endpoints: readonly Endpoint[] = [];
  /** Metrics of requests that never reach an endpoint. */
  readonly edge: Edge;
  readonly stats: ClusterStats;
  readonly ceilings: Ceilings;
  guards: ClusterGuards = noGuards;
  /** Fallbacks that stand for its calls now. */
  fallbacksRunning = 0;
  readonly #parts: ClusterParts;
  readonly #resolved: ResolvedEndpoints;
  readonly #states = new Map<string, EndpointState>();
  #members: ReadonlyMap<Endpoint, ClusterEndpoint> = new Map();
  /** Of this process among those that call the cluster. */
  #client: number | undefined;
  #detector: OutlierDetector | undefined;
  /** How often the running tick of the detector comes; undefined where none runs. */
  #tickEveryMs: number | undefined;
  #cancelTick: Cancel = () => {};
  #cancelRebuild: Cancel = () => {};

  /** `onMove` is called with the endpoints before where names lead to others, never from within a call. */
  constructor(
    policy: ClusterPolicy,
    declared: readonly Endpoint[],
    resilience: ResiliencePolicy | undefined,
    parts: ClusterParts,
    onMove: (before: readonly Endpoint[]) => void,
  ) {
    this.key = policy.key;
    this.policy = policy;
    this.#parts = parts;
    this.edge = parts.metrics.edge(sourceEdge(parts.self, undefined, policy.service));
    this.stats = parts.clusterMetrics.stats(policy.key);
    this.ceilings = createCeilings(policy.connectionPool ?? noCeilings);
    this.picker = this.#buildPicker();
    this.#guard(resilience);
    this.#resolved = new ResolvedEndpoints(parts.names, (endpoints) => {
      const before = this.endpoints;
      this.#adopt(this.policy, endpoints);
      onMove(before);
    });
    this.#adopt(policy, this.#resolved.declare(policy.nameResolution, declared));
    parts.clusterMetrics.watch(policy.key, () => this.#gauges());
  }

  /** Its endpoints are on their way from a source; undefined where they are not. */
  arriving: Promise<void> | undefined;

  /** While endpoints are awaited that a source was asked for, or that have not been looked up yet; undefined then. */
  get starting(): Promise<void> | undefined {
    return (this.endpoints.length === 0 ? this.arriving : undefined) ?? this.#resolved.starting;
  }

  /** How long a request waits for that. */
  get startLimitMs(): number {
    return this.arriving === undefined ? Math.max(lookUpLimitMs, this.policy.connectTimeoutMs) : arrivalLimitMs;
  }

  /** True where a request must ask for a place before it is sent. */
  get limited(): boolean {
    const { connectionPool } = this.policy;
    if (connectionPool === undefined) return false;
    const { maxConnections, maxPendingRequests, maxRequests, retries } = connectionPool;
    if (retries.kind === "budget") return true;
    return maxConnections < noCeiling || maxPendingRequests < noCeiling || maxRequests < noCeiling;
  }

  /** Takes over a new policy and a new set of endpoints; does nothing where both are as before. */
  update(policy: ClusterPolicy, declared: readonly Endpoint[], resilience: ResiliencePolicy | undefined): void {
    if (resilience !== this.guards.policy) this.#guard(resilience);
    const endpoints = this.#resolved.declare(policy.nameResolution, declared);
    if (policy === this.policy && sameEndpoints(endpoints, this.endpoints)) return;
    this.#adopt(policy, endpoints);
  }

  /** True where its load is spread by where the callers are. */
  get followsCallers(): boolean {
    return this.policy.balancing.locality?.kind === "zones";
  }

  /** The callers are elsewhere now. */
  spreadAnew(): void {
    this.#repick();
  }

  /** Counts how an attempt ended; an endpoint that fails too often is left out from here on. */
  observe(member: ClusterEndpoint, outcome: Outcome): void {
    const { outlier } = member;
    if (outlier === undefined || this.#detector === undefined) return;
    const now = this.#parts.clock.now();
    const refused = this.#detector.refused;
    if (this.#detector.record(outlier, outcome, now)) {
      this.stats.outlier_detection_ejections_enforced_total += 1;
      setEjected(member.state, true, now);
      this.#repick();
      this.#parts.events.emit("endpointEjected", { cluster: this.key, endpoint: member.endpoint.id });
    } else if (this.#detector.refused > refused) {
      this.stats.outlier_detection_ejections_overflow += 1;
    }
  }

  /** For the admin port. */
  describe(): object {
    const { key, policy, stats } = this;
    const endpoints = [...this.#members.values()].map(({ endpoint, state }) => ({ ...endpoint, ...state }));
    const { policy: resilience, breaker, bulkhead, adaptive } = this.guards;
    return {
      cluster: key,
      policy: policy.effective,
      resilience,
      breaker: breaker?.state,
      bulkhead: bulkhead && { active: bulkhead.active, queued: bulkhead.queued },
      adaptiveConcurrency: adaptive && { limit: adaptive.limit, inFlight: adaptive.inFlight },
      fallbacksRunning: this.fallbacksRunning,
      endpoints,
      nameProblems: this.#resolved.problems,
      inUse: this.ceilings.use,
      stats,
    };
  }

  /** Nothing routes here any more: its timer and its gauges go, what runs goes on. */
  retire(): void {
    this.#resolved.close();
    this.#cancelTick();
    this.#cancelRebuild();
    this.guards.breaker?.close();
    this.#parts.clusterMetrics.watch(this.key, undefined);
  }

  #guard(resilience: ResiliencePolicy | undefined): void {
    const { clock, scheduler, events } = this.#parts;
    this.guards = buildGuards(resilience, this.guards, {
      clock,
      scheduler,
      onChange: (state) => {
        if (state === "open") this.stats.circuit_breaker_opened += 1;
        events.emit(state === "open" ? "breakerOpened" : "breakerClosed", { cluster: this.key });
      },
    });
  }

  #adopt(policy: ClusterPolicy, endpoints: readonly Endpoint[]): void {
    const keepConnections = connectionSettings(policy) === connectionSettings(this.policy);
    this.policy = policy;
    this.ceilings.update(policy.connectionPool ?? noCeilings);
    const members = new Map<Endpoint, ClusterEndpoint>();
    const predecessors = keepConnections ? this.#predecessors(endpoints) : undefined;
    const handedOn = new Set<HostConnections>();
    for (const endpoint of endpoints) {
      const kept = keepConnections ? this.#members.get(endpoint) : undefined;
      const predecessor = predecessors?.get(endpoint.id);
      if (kept === undefined && predecessor !== undefined) handedOn.add(predecessor.connections);
      members.set(endpoint, kept ?? this.#member(endpoint, predecessor));
    }
    for (const [endpoint, member] of this.#members) {
      if (members.get(endpoint) !== member && !handedOn.has(member.connections))
        this.ceilings.removeHost(member.connections);
    }
    this.#tellEndpoints(endpoints);
    this.#members = members;
    this.endpoints = endpoints;
    this.#forgetOthers();
    this.#watchOutliers();
    this.#repick();
  }

  #tellEndpoints(endpoints: readonly Endpoint[]): void {
    const before = new Set(this.endpoints.map(({ id }) => id));
    const after = new Set(endpoints.map(({ id }) => id));
    const added = [...after].filter((id) => !before.has(id));
    const removed = [...before].filter((id) => !after.has(id));
    if (added.length + removed.length === 0) return;
    this.#parts.events.emit("endpointsChanged", { cluster: this.key, added, removed });
  }

  /** Members by id, where an endpoint is told anew with another weight or other labels: its connections are still open. */
  #predecessors(endpoints: readonly Endpoint[]): ReadonlyMap<string, ClusterEndpoint> | undefined {
    if (endpoints.every((endpoint) => this.#members.has(endpoint) || !this.#states.has(endpoint.id))) return undefined;
    return new Map([...this.#members.values()].map((member) => [member.endpoint.id, member]));
  }

  #member(endpoint: Endpoint, predecessor: ClusterEndpoint | undefined): ClusterEndpoint {
    const { metrics, self, pools, names, clock } = this.#parts;
    const { policy } = this;
    let state = this.#states.get(endpoint.id);
    if (state === undefined) {
      state = createEndpointState(clock.now());
      this.#states.set(endpoint.id, state);
    }
    const connections = predecessor?.connections ?? this.ceilings.addHost();
    return {
      endpoint,
      state,
      edge: metrics.edge(sourceEdge(self, peerOfLabels(endpoint.labels, policy.service.namespace), policy.service)),
      connections,
      outlier: undefined,
      connection:
        predecessor?.connection ??
        connectionsOf(endpoint, policy, pools, names.lookup, () => this.ceilings.connectionClosed(connections)),
    };
  }

  #forgetOthers(): void {
    const ids = new Set(this.endpoints.map(({ id }) => id));
    for (const id of this.#states.keys()) if (!ids.has(id)) this.#states.delete(id);
  }

  #watchOutliers(): void {
    const { outlierDetection } = this.policy;
    if (outlierDetection === undefined) {
      this.#detector = undefined;
      this.#tickEvery(undefined);
      for (const { state } of this.#members.values()) setEjected(state, false, this.#parts.clock.now());
    } else {
      if (this.#detector === undefined) this.#detector = createOutlierDetector(outlierDetection);
      else this.#detector.update(outlierDetection);
      this.#detector.setHosts(this.endpoints.map(({ id }) => id));
      this.#tickEvery(outlierDetection.intervalMs);
    }
    for (const member of this.#members.values()) member.outlier = this.#detector?.host(member.endpoint.id);
  }

  /** Endpoints that come and go leave a running tick alone: however often they do, who is ejected returns. */
  #tickEvery(intervalMs: number | undefined): void {
    if (intervalMs === this.#tickEveryMs) return;
    this.#tickEveryMs = intervalMs;
    this.#cancelTick();
    if (intervalMs !== undefined) this.#tickLater(intervalMs);
  }

  #tickLater(intervalMs: number): void {
    this.#cancelTick = this.#parts.scheduler.after(intervalMs, () => {
      const now = this.#parts.clock.now();
      if (this.#detector?.tick(now) === true) this.#readmit(now);
      this.#tickLater(intervalMs);
    });
  }

  #readmit(now: number): void {
    for (const { state, outlier, endpoint } of this.#members.values()) {
      if (!state.ejected || outlier?.ejectedAt !== undefined) continue;
      setEjected(state, false, now);
      this.#parts.events.emit("endpointReturned", { cluster: this.key, endpoint: endpoint.id });
    }
    this.#repick();
  }

  #repick(): void {
    this.#cancelRebuild();
    this.picker = this.#buildPicker(this.picker);
    const { rebuildAt } = this.picker;
    if (rebuildAt === undefined) return;
    const { clock, scheduler } = this.#parts;
    this.#cancelRebuild = scheduler.after(Math.max(0, rebuildAt - clock.now()), () => this.#repick());
  }

  #buildPicker(previous?: ClusterPicker<ClusterEndpoint>): ClusterPicker<ClusterEndpoint> {
    const { random, clock, hash64, self, callers } = this.#parts;
    this.#client ??= clientNumber(self.instance, hash64());
    return buildClusterPicker(this.policy.balancing, [...this.#members.values()], {
      random,
      now: clock.now(),
      hash64: hash64(),
      previous,
      client: this.#client,
      callers: callers.byLocality,
    });
  }

  #gauges(): ReturnType<Parameters<ClusterMetrics["watch"]>[1] & {}> {
    let active = 0;
    let ejected = 0;
    for (const { state } of this.#members.values()) {
      active += state.active;
      if (state.ejected) ejected += 1;
    }
    const total = this.#members.size;
    return {
      membership_total: total,
      membership_healthy: total - ejected,
      upstream_rq_active: active,
      upstream_rq_pending_active: this.ceilings.use.pending,
      upstream_cx_active: this.ceilings.use.connections,
      outlier_detection_ejections_active: ejected,
      circuit_breaker_open: this.guards.breaker?.state === "open" ? 1 : 0,
    };
  }
}

function sameEndpoints(some: readonly Endpoint[], others: readonly Endpoint[]): boolean {
  return some === others || (some.length === others.length && some.every((endpoint, at) => endpoint === others[at]));
}
