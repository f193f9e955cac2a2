import type { MeshPolicy, PolicyChange, Service } from "@intramesh/core";
import {
  type CompiledDestination,
  type CompiledRoute,
  chooseDestination,
  type HostRoutes,
  type RouteTable,
} from "@intramesh/routing";
import type { IstioMetrics } from "@intramesh/telemetry";
import type { ChainPolicy, Goal, Mirror, Runtime } from "./chain.ts";
import type { Cluster } from "./cluster.ts";
import type { ClusterSet } from "./cluster-set.ts";
import { spanOperation } from "./span-operation.ts";
import { materialize, stack } from "./stack.ts";
import { type DestinationService, sourceEdge, type Workload } from "./workload.ts";

/** Everything compiled from one state of the resources. Swapped in one assignment; a request reads it once. */
export interface Snapshot {
  readonly policy: MeshPolicy;
  /** In what `policy` differs from the one before it; undefined: anything may be different. */
  readonly change: PolicyChange | undefined;
  readonly table: RouteTable;
  /** The source's name of this state. */
  readonly revision: string;
  /** The same state with chains to be built anew. */
  renewed(): Snapshot;
  /** The chain for a route of a host; `roll` chooses the destination. */
  chain(host: HostRoutes, route: CompiledRoute, port: number, roll: number): Service;
  /** The chain for a host that nobody knows. */
  unknownHost(host: string, port: number): Service;
  /** The chain for a host without a route for the request. */
  noRoute(host: HostRoutes, port: number): Service;
  /** The chain for a path that cannot be normalised. */
  badPath(host: string, port: number): Service;
}

/** What a snapshot is made of. */
export interface SnapshotParts {
  readonly policy: MeshPolicy;
  readonly change: PolicyChange | undefined;
  readonly table: RouteTable;
  readonly revision: string;
  readonly clusters: ClusterSet;
  readonly metrics: IstioMetrics;
  readonly self: Workload;
  readonly runtime: Runtime;
}

/** Chains for hosts that are not in the configuration; more are built anew for each request, so that strangers cannot fill the memory. */
const maxStrangers = 1_000;

/** Builds a snapshot. Chains are built when they are first used and kept. */
export function createSnapshot(parts: SnapshotParts): Snapshot {
  const { policy, change, table, revision, clusters, metrics, self, runtime } = parts;
  // Weak, because the table forgets routes of names under wildcards.
  const plans = new WeakMap<CompiledRoute, Map<string, Service>>();
  const strangers = new Map<string, Service>();
  /** Hosts that have been called. */
  const called = new WeakSet<HostRoutes>();

  function build(
    given: Pick<ChainPolicy, "host" | "port" | "route" | "destination" | "goal">,
    service: DestinationService,
  ): Service {
    const { destination, port } = given;
    const subset = destination?.policy.subset ?? "";
    const cluster = given.goal.kind === "cluster" ? given.goal.cluster : undefined;
    return materialize(
      stack,
      {
        ...given,
        mirrors: mirrorsOf(given.route, port),
        fallbackCluster: fallbackCluster(cluster, port),
        edge: cluster?.edge ?? metrics.edge(sourceEdge(self, undefined, service)),
        service: service.namespace === "unknown" ? service.host : service.name,
        operation: spanOperation(given.host, port, given.route),
        clusterName:
          cluster?.key ??
          (given.goal.kind === "passthrough" ? "PassthroughCluster" : `outbound|${port}|${subset}|${given.host}`),
      },
      runtime,
    );
  }

  function goalOf(route: CompiledRoute, destination: CompiledDestination | undefined, port: number): Goal {
    const { action } = route.policy;
    if (action.kind === "redirect") return { kind: "redirect" };
    if (action.kind === "respond") return { kind: "respond", status: action.status, body: action.body };
    const cluster = clusters.get(policy, destination!.clusterRef(port));
    if (cluster === undefined) return { kind: "refuse", status: 503, body: "", flag: "NC" };
    const { unsupported } = cluster.policy;
    if (unsupported !== undefined)
      return { kind: "refuse", status: 503, body: refusal(cluster.key, unsupported), flag: "UF" };
    return cluster.policy.loadBalancer === "PASSTHROUGH" ? { kind: "passthrough" } : { kind: "cluster", cluster };
  }

  function fallbackCluster(cluster: Cluster | undefined, port: number): Cluster | undefined {
    const action = cluster?.guards.policy?.fallback?.action;
    return action?.kind === "destination" ? clusters.callable(policy, { ...action, port }) : undefined;
  }

  function mirrorsOf(route: CompiledRoute | undefined, port: number): readonly Mirror[] {
    const action = route?.policy.action;
    if (action?.kind !== "forward") return [];
    return action.mirrors.flatMap(({ host, subset, percent, port: own }) => {
      const cluster = clusters.callable(policy, { host, subset, port: own ?? port });
      return cluster === undefined ? [] : [{ cluster, percent }];
    });
  }

  function stranger(key: string, make: () => Service): Service {
    const known = strangers.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (strangers.size < maxStrangers) strangers.set(key, made);
    return made;
  }

  return {
    policy,
    change,
    table,
    revision,
    renewed: () => createSnapshot(parts),
    chain(host, route, port, roll) {
      const destination = route.destinations.length === 0 ? undefined : chooseDestination(route, roll);
      const key = destination === undefined ? `${port}` : `${port}|${route.destinations.indexOf(destination)}`;
      let chains = plans.get(route);
      if (chains === undefined) {
        chains = new Map();
        plans.set(route, chains);
      }
      const known = chains.get(key);
      if (known !== undefined) return known;
      if (!called.has(host)) {
        called.add(host);
        clusters.foresee(policy, reachableHosts(host));
      }
      const goal = goalOf(route, destination, port);
      const chain = build({ host: host.host, port, route, destination, goal }, destinationService(host, destination));
      chains.set(key, chain);
      return chain;
    },
    unknownHost(host, port) {
      const allowed = policy.outboundTrafficPolicy === "ALLOW_ANY";
      const name = allowed ? "PassthroughCluster" : "BlackHoleCluster";
      const goal: Goal = allowed ? { kind: "passthrough" } : { kind: "refuse", status: 502, body: "", flag: undefined };
      const service = { host, name, namespace: "unknown" };
      return stranger(`${host}|${port}`, () =>
        build({ host, port, route: undefined, destination: undefined, goal }, service),
      );
    },
    noRoute(host, port) {
      const goal: Goal = { kind: "refuse", status: 404, body: "", flag: "NR" };
      const given = { host: host.host, port, route: undefined, destination: undefined, goal };
      return stranger(`no-route|${host.host}|${port}`, () => build(given, destinationService(host, undefined)));
    },
    badPath(host, port) {
      const goal: Goal = { kind: "refuse", status: 400, body: "", flag: undefined };
      const given = { host, port, route: undefined, destination: undefined, goal };
      return stranger(`bad-path|${host}|${port}`, () => build(given, { host, name: host, namespace: "unknown" }));
    },
  };
}

/** Wherever calls to a host may go: a second destination is as warm as the first when its turn comes. */
function reachableHosts({ routes }: HostRoutes): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const { destinations, policy } of routes) {
    for (const destination of destinations) hosts.add(destination.policy.host);
    if (policy.action.kind === "forward") for (const { host } of policy.action.mirrors) hosts.add(host);
  }
  return hosts;
}

function refusal(cluster: string, unsupported: string): string {
  return `${cluster} cannot be called: its DestinationRule asks for ${unsupported}, which intramesh does not do yet; it is not passed over, because calls would go where they may not`;
}

function destinationService(host: HostRoutes, destination: CompiledDestination | undefined): DestinationService {
  if (host.service !== undefined) return host.service;
  const name = destination?.policy.host ?? host.host;
  return { host: name, name, namespace: "unknown" };
}
