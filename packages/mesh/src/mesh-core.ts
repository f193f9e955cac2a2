import { type Hash64, loadHash64, type RequestSource } from "@intramesh/balancing";
import type { Labels } from "@intramesh/core";
import { createDnsNames, type NameResolver, type ResourceSource, type ResourceState } from "@intramesh/discovery";
import { compileRouteTable } from "@intramesh/routing";
import {
  type ClusterMetrics,
  createClusterMetrics,
  createIstioMetrics,
  createRequestTracer,
  type IstioMetrics,
  instrumentationShield,
  type MetricsPage,
  type RequestTracer,
} from "@intramesh/telemetry";
import { createEndpointPools, type EndpointPools } from "@intramesh/transport";
import { type AccessLogs, createAccessLogs } from "./access-logs.ts";
import { createCallers } from "./callers.ts";
import type { Runtime } from "./chain.ts";
import { ClusterSet } from "./cluster-set.ts";
import { createFallbacks, type Fallbacks } from "./fallbacks.ts";
import { logEvents } from "./log-events.ts";
import { createEmitter, type Emitter } from "./mesh-events.ts";
import { createMeshPolicies } from "./mesh-policies.ts";
import type { ResolvedOptions } from "./options.ts";
import { createRequestTimelines } from "./request-timelines.ts";
import { createResourceFeed } from "./resource-feed.ts";
import { createSnapshot, type Snapshot, type SnapshotParts } from "./snapshot.ts";
import { createSnapshotHolder, type SnapshotHolder } from "./snapshot-holder.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { createWaitingRequests } from "./waiting-requests.ts";
import { peerOfLabels, spanOwner, type Workload } from "./workload.ts";

/** A mesh behind its faces: how resources become snapshots, and what the chains of these run on. */
export interface MeshCore {
  readonly self: Workload;
  /** Of this process, `app` and `version` among them. */
  readonly labels: Labels;
  readonly events: Emitter;
  readonly metrics: IstioMetrics;
  readonly clusterMetrics: ClusterMetrics;
  readonly pools: EndpointPools;
  readonly names: NameResolver;
  readonly feed: ResourceSource;
  readonly clusters: ClusterSet;
  readonly tracer: RequestTracer;
  readonly accessLogs: AccessLogs;
  readonly fallbacks: Fallbacks;
  readonly runtime: Runtime;
  readonly holder: SnapshotHolder;
}

/** Asks the sources at once. `onState` is called after each snapshot and each refusal, when what caused it has returned. */
export function createMeshCore(resolved: ResolvedOptions, page: MetricsPage, onState: () => void): MeshCore {
  const { service, clock, scheduler, random, logger } = resolved;
  const labels = { app: service.name, version: service.version, ...service.labels };
  const peer = peerOfLabels(labels, service.namespace);
  const self: Workload = { service: service.name, instance: service.instance, ...peer };
  const metrics = createIstioMetrics(page, resolved.metricsSeriesLimit);
  const clusterMetrics = createClusterMetrics(page);
  const events = createEmitter();
  logEvents(events, logger);
  let loadedHash: Hash64 | undefined;
  const hash64 = (): Hash64 => loadedHash!;
  const pools = createEndpointPools(instrumentationShield, resolved.bodyIdleTimeoutMs);
  const names = createDnsNames({
    servers: resolved.dnsServers,
    scheduler,
    random,
    onFailure: (message) => logger.warn(`intramesh: ${message}`),
  });
  const feed = createResourceFeed(resolved);
  const callers = createCallers(`${service.name}.${service.namespace}.svc.cluster.local`);
  const clusters = new ClusterSet(
    { clock, scheduler, random, pools, names, metrics, clusterMetrics, events, self, callers, hash64 },
    createSubscriptions(feed, scheduler),
  );
  const tracer = createRequestTracer({
    owner: spanOwner(self, service.locality),
    policy: () => holder.current.policy.telemetry,
    random,
  });
  const accessLogs = createAccessLogs(resolved);
  const timelines =
    resolved.adminPort === undefined ? undefined : createRequestTimelines(clock, resolved.slowRequestMs);
  const fallbacks = createFallbacks(() => holder.current.policy);
  const runtime: Runtime = {
    clock,
    scheduler,
    random,
    waiting: createWaitingRequests(),
    passthrough: pools.passthrough,
    tracer,
    accessLogs,
    metrics,
    timelines,
    logger,
    source: requestSource(service),
    fallbackOf: (host) => fallbacks.find(host),
    hash64,
  };
  const compile = createCompiler(resolved, labels, { clusters, metrics, self, runtime });
  const holder = createSnapshotHolder({
    feed,
    // Snapshots build pickers, and some pickers hash.
    prepared: loadHash64().then((loaded) => {
      loadedHash = loaded;
    }),
    compile,
    onApplied(snapshot, { revision, resources }) {
      clusters.reconcile(snapshot.policy, snapshot.change);
      events.emit("configApplied", { revision, resources: resources.length });
      queueMicrotask(onState);
    },
    onAdvanced: () => queueMicrotask(onState),
    onRejected(error) {
      logger.warn(`intramesh: ${error.message}`);
      events.emit("configRejected", { error });
      queueMicrotask(onState);
    },
  });
  return {
    self,
    labels,
    events,
    metrics,
    clusterMetrics,
    pools,
    names,
    feed,
    clusters,
    tracer,
    accessLogs,
    fallbacks,
    runtime,
    holder,
  };
}

/** Makes a snapshot of a state, of the one before where there is one. */
function createCompiler(
  { service, outboundTrafficPolicy }: ResolvedOptions,
  labels: Labels,
  parts: Pick<SnapshotParts, "clusters" | "metrics" | "self" | "runtime">,
): (state: ResourceState, before: Snapshot | undefined) => Snapshot {
  const policies = createMeshPolicies(
    { namespace: service.namespace, labels, locality: service.locality },
    outboundTrafficPolicy === undefined ? {} : { outboundTrafficPolicy },
  );
  return (state, before) => {
    const { policy, change } = policies.update(state);
    // Chains of the new snapshot log by it.
    parts.runtime.accessLogs.apply(policy.telemetry);
    parts.metrics.apply(policy.telemetry);
    const table = before?.table.next(policy, change) ?? compileRouteTable(policy);
    return createSnapshot({ ...parts, policy, change, table, revision: state.revision });
  };
}

/** Each new cookie of consistent hashing is made of another text, as it would be for connections of a sidecar. */
function requestSource({ address, instance }: ResolvedOptions["service"]): RequestSource {
  let cookies = 0;
  return {
    address,
    connection() {
      cookies += 1;
      return `${instance} ${cookies}`;
    },
  };
}
