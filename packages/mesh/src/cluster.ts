import { type BalancedEndpoint, buildPicker, type Picker } from "@intramesh/balancing";
import type { ClusterPolicy, Endpoint, EndpointState, Random } from "@intramesh/core";
import type { ClusterMetrics, ClusterStats, Edge, IstioMetrics } from "@intramesh/telemetry";
import type { Connection, EndpointPools } from "@intramesh/transport";
import { peerOfLabels, sourceEdge, type Workload } from "./workload.ts";

/** An endpoint as one cluster uses it: its shared state, its connections, its metrics. */
export interface ClusterEndpoint extends BalancedEndpoint {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
  readonly edge: Edge;
  connection(scheme: string): Connection;
}

export interface ClusterParts {
  readonly pools: EndpointPools;
  readonly metrics: IstioMetrics;
  readonly clusterMetrics: ClusterMetrics;
  readonly self: Workload;
  readonly random: Random;
  /** The one state of an endpoint, whichever clusters it is in. */
  stateOf(endpoint: Endpoint): EndpointState;
}

/** Host, subset and port with their endpoints. Outlives snapshots: load and connections stay as the policy changes. */
export class Cluster {
  readonly key: string;
  policy: ClusterPolicy;
  picker: Picker<ClusterEndpoint>;
  endpoints: readonly Endpoint[] = [];
  /** Metrics of requests that never reach an endpoint. */
  readonly edge: Edge;
  readonly stats: ClusterStats;
  readonly #parts: ClusterParts;
  #members: ReadonlyMap<Endpoint, ClusterEndpoint> = new Map();

  constructor(policy: ClusterPolicy, endpoints: readonly Endpoint[], parts: ClusterParts) {
    this.key = policy.key;
    this.policy = policy;
    this.#parts = parts;
    this.edge = parts.metrics.edge(sourceEdge(parts.self, undefined, policy.service));
    this.stats = parts.clusterMetrics.stats(policy.key);
    this.picker = buildPicker<ClusterEndpoint>("RANDOM", [], parts.random);
    this.#rebuild(policy, endpoints);
  }

  /** Takes over a new policy and a new set of endpoints; does nothing where both are as before. */
  update(policy: ClusterPolicy, endpoints: readonly Endpoint[]): void {
    if (policy === this.policy && sameEndpoints(endpoints, this.endpoints)) return;
    this.#rebuild(policy, endpoints);
  }

  /** For the admin port. */
  describe(): object {
    const { key, policy, stats } = this;
    const endpoints = [...this.#members.values()].map(({ endpoint, state }) => ({ ...endpoint, ...state }));
    return { cluster: key, policy: policy.effective, endpoints, stats };
  }

  #rebuild(policy: ClusterPolicy, endpoints: readonly Endpoint[]): void {
    const connectionsChanged =
      policy.tls !== this.policy.tls || policy.connectTimeoutMs !== this.policy.connectTimeoutMs;
    const members = new Map<Endpoint, ClusterEndpoint>();
    this.policy = policy;
    for (const endpoint of endpoints) {
      const kept = connectionsChanged ? undefined : this.#members.get(endpoint);
      members.set(endpoint, kept ?? this.#member(endpoint));
    }
    this.#members = members;
    this.endpoints = endpoints;
    const simple = policy.loadBalancer === "PASSTHROUGH" ? "RANDOM" : policy.loadBalancer;
    this.picker = buildPicker(simple, [...members.values()], this.#parts.random, this.picker);
  }

  #member(endpoint: Endpoint): ClusterEndpoint {
    const { pools, metrics, self, stateOf } = this.#parts;
    const { policy } = this;
    const peer = peerOfLabels(endpoint.labels, policy.service.namespace);
    const connectionFor = (tls: boolean): Connection =>
      pools.connect(endpoint, { tls, serverName: policy.host, connectTimeoutMs: policy.connectTimeoutMs });
    let plain: Connection | undefined;
    let secure: Connection | undefined;
    return {
      endpoint,
      state: stateOf(endpoint),
      edge: metrics.edge(sourceEdge(self, peer, policy.service)),
      connection(scheme) {
        if (scheme === "https" || policy.tls === "SIMPLE") {
          secure ??= connectionFor(true);
          return secure;
        }
        plain ??= connectionFor(false);
        return plain;
      },
    };
  }
}

function sameEndpoints(some: readonly Endpoint[], others: readonly Endpoint[]): boolean {
  return some === others || (some.length === others.length && some.every((endpoint, at) => endpoint === others[at]));
}
