import { type Hash64, loadHash64, type RequestSource } from "@intramesh/balancing";
import type { ClusterRef } from "@intramesh/core";
import { createDnsNames, type ResourceState } from "@intramesh/discovery";
import { compileRouteTable, explainRequest } from "@intramesh/routing";
import {
  createClusterMetrics,
  createIstioMetrics,
  createRequestTracer,
  currentContext,
  instrumentationShield,
} from "@intramesh/telemetry";
import { startTracing, type Tracing } from "@intramesh/telemetry/sdk";
import {
  createAgent,
  createEndpointPools,
  createFetch,
  type FaceRuntime,
  type HeadersLike,
  type Inbound,
  MeshDispatcher,
  readHeaders,
  targetOf,
} from "@intramesh/transport";
import { type Admin, startAdmin } from "./admin.ts";
import { adminPages } from "./admin-pages.ts";
import { type Advertisement, createAdvertisement } from "./advertisement.ts";
import type { Runtime } from "./chain.ts";
import { ClusterSet } from "./cluster-set.ts";
import { drain, within } from "./drain.ts";
import { withEnvironmentSources } from "./environment-sources.ts";
import { createExplanations } from "./explanations.ts";
import { createFallbacks } from "./fallbacks.ts";
import { createMeshInbound } from "./inbound.ts";
import type { ExplainInit, Mesh } from "./mesh.ts";
import { createEmitter } from "./mesh-events.ts";
import { createMeshPolicies } from "./mesh-policies.ts";
import { type MeshOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { addOwnMetrics, openMetricsPage, readText } from "./own-metrics.ts";
import { createRecorder } from "./recorder.ts";
import { addContext, createRequestHandler } from "./request-handler.ts";
import { createResourceFeed } from "./resource-feed.ts";
import { closeOnSignal, type SignalTask } from "./signals.ts";
import { createSnapshot, type Snapshot } from "./snapshot.ts";
import { createSnapshotHolder } from "./snapshot-holder.ts";
import { createStatusReport } from "./status-report.ts";
import { createSubscriptions } from "./subscriptions.ts";
import { keepAlive } from "./system/keep-alive.ts";
import { noteCopy } from "./system/sdk-copies.ts";
import { routeUpgrade } from "./upgrade.ts";
import { encodePeer, peerOfLabels, spanOwner, type Workload } from "./workload.ts";

/**
 * Joins this process to the mesh. Resources come in the background: `mesh.ready()` says when, and requests made before
 * that wait for them.
 * Throws a MeshError with code MESH_BAD_OPTION for options that cannot be.
 */
export async function createMesh(options: MeshOptions = {}): Promise<Mesh> {
  return startMesh(await withEnvironmentSources(options)).mesh;
}

/**
 * The same at once, for `intramesh/register`, which hears of the port when a server listens. `beside` says what becomes
 * of the mesh when the process gets a signal that the program listens to.
 */
export function startMesh(
  options: MeshOptions,
  beside: SignalTask["beside"] = "leave",
): { readonly mesh: Mesh; readonly advertisement: Advertisement } {
  const resolved = resolveOptions(options);
  const { service, clock, scheduler, random, logger } = resolved;
  noteCopy(logger);
  const page = openMetricsPage(resolved);
  const metrics = createIstioMetrics(page, resolved.metricsSeriesLimit);
  const tracing = resolved.tracing ? startTracing({ service }) : undefined;
  const labels = { app: service.name, version: service.version, ...service.labels };
  const peer = peerOfLabels(labels, service.namespace);
  const self: Workload = { service: service.name, instance: service.instance, ...peer };

  const clusterMetrics = createClusterMetrics(page);
  const events = createEmitter();
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
  const clusters = new ClusterSet(
    { clock, scheduler, random, pools, names, metrics, clusterMetrics, events, self, hash64 },
    createSubscriptions(feed, scheduler),
  );
  const tracer = createRequestTracer({ owner: spanOwner(self, service.locality) });
  const fallbacks = createFallbacks(() => holder.current.policy);
  const runtime: Runtime = {
    clock,
    scheduler,
    random,
    passthrough: pools.passthrough,
    tracer,
    source: requestSource(service),
    fallbackOf: (host) => fallbacks.find(host),
    hash64,
  };
  const status = createStatusReport(resolved, labels);
  const explanations = createExplanations(clock);
  const recorder = createRecorder(resolved.propagate);

  const { outboundTrafficPolicy } = resolved;
  const policies = createMeshPolicies(
    { namespace: service.namespace, labels, locality: service.locality },
    outboundTrafficPolicy === undefined ? {} : { outboundTrafficPolicy },
  );

  function compile(state: ResourceState, before: Snapshot | undefined): Snapshot {
    const { policy, change } = policies.update(state);
    const table = before?.table.next(policy, change) ?? compileRouteTable(policy);
    return createSnapshot({ policy, change, table, revision: state.revision, clusters, metrics, self, runtime });
  }

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
      queueMicrotask(tellStatus);
    },
    onAdvanced: () => queueMicrotask(tellStatus),
    onRejected(error) {
      logger.warn(`intramesh: ${error.message}`);
      events.emit("configRejected", { error });
      queueMicrotask(tellStatus);
    },
  });
  const firstSnapshot = holder.starting ?? Promise.resolve();

  let admin: Admin | undefined;
  const inbound: Inbound = createMeshInbound({
    ...resolved,
    self,
    port: service.port,
    tracer,
    metrics,
    resilience: () => holder.current.policy.resilience(ownCluster(resolved)),
    scrape: () => page.read(),
  });
  addOwnMetrics(page, { clock, holder, feed, events, metrics, clusterMetrics, inboundActive: () => inbound.active });
  const adminStarted = startAdminPort(resolved, () =>
    adminPages({
      self,
      labels,
      explanations,
      recorder,
      holder,
      clusters: () => clusters.all(),
      inboundActive: () => inbound.active,
      metrics: () => readText(page),
    }),
  ).then((started) => {
    admin = started;
    tellStatus();
  });
  // Whoever waits for ready() hears of a port that is taken.
  adminStarted.catch(() => undefined);

  function tellStatus(): void {
    status.tell(holder, admin?.url);
  }

  let closing: Promise<void> | undefined;
  /** Handlers that still run may call out until here. */
  let drained = false;
  const callerName = encodePeer(self);
  const face: FaceRuntime = {
    clock,
    handle: createRequestHandler({
      random,
      peer: callerName,
      throwOnMeshFailure: resolved.throwOnMeshFailure,
      explanations,
      recorder: resolved.adminPort === undefined ? undefined : recorder,
      snapshot: () => holder.current,
      starting: () => holder.starting,
      within: (promise, limitMs) => within(promise, limitMs, scheduler),
      closed: () => drained,
    }),
    routeUpgrade(exchange) {
      const ambient = currentContext();
      addContext(exchange, callerName, ambient);
      tracer.carry(exchange, ambient);
      return routeUpgrade(holder.current, clusters, exchange, runtime);
    },
    replayLimitBytes: resolved.replayLimitBytes,
  };
  const advertisement = createAdvertisement(resolved, labels, {
    registered: () => events.emit("registered", { instance: service.instance }),
    taken: (message) => events.emit("instanceTaken", { message }),
  });

  async function close(): Promise<void> {
    const letGo = keepAlive();
    try {
      await drain({ ...resolved, advertisement, inbound });
      drained = true;
      status.close();
      clusters.close();
      names.close();
      // Calls of no handler, a long poll for one, are waited for as long as handlers are.
      const stopped = Promise.all([holder.close(), pools.close(), admin?.close()]);
      // Bodies that hang would keep the process.
      if (!(await within(stopped, resolved.drainTimeoutMs, scheduler))) pools.destroy();
      if (tracing !== undefined) await within(handOut(tracing, logger), resolved.drainTimeoutMs, scheduler);
    } finally {
      page.close();
      ignoreSignals();
      letGo();
    }
  }

  const dispatcher = new MeshDispatcher(face);
  const mesh: Mesh = {
    instance: service.instance,
    get adminUrl() {
      return admin?.url;
    },
    fetch: createFetch(face),
    dispatcher,
    agent: createAgent(dispatcher),
    async ready() {
      await Promise.all([firstSnapshot, adminStarted]);
      await advertisement.ready();
    },
    listener: (handler) => inbound.listener(handler),
    middleware: () => inbound.middleware(),
    explain(url, init = {}) {
      const decision = explainCall(holder.current, new URL(url), init);
      // The next one shows the endpoints.
      clusters.foresee(
        holder.current.policy,
        decision.destinations.map(({ host }) => host),
      );
      return decision;
    },
    service(name, { fallback }) {
      fallbacks.set(name.toLowerCase(), fallback);
      holder.refresh();
    },
    metrics: () => readText(page),
    on: (name, listener) => events.on(name, listener),
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => mesh.close(),
  };
  const ignoreSignals = resolved.handleSignals ? closeOnSignal({ close: () => mesh.close(), beside }) : () => {};
  return { mesh, advertisement };
}

/** The last spans go out; where their backend does not take them that fails nobody. */
async function handOut(tracing: Tracing, logger: ResolvedOptions["logger"]): Promise<void> {
  try {
    await tracing.close();
  } catch (error) {
    logger.warn(`intramesh: the last spans were not taken: ${(error as Error).message}`);
  }
}

/** This process as a cluster, to which policies of its inbound side are written. */
function ownCluster({ service }: ResolvedOptions): ClusterRef {
  const { name, namespace, port } = service;
  return { host: `${name}.${namespace}.svc.cluster.local`, port: port ?? 0, subset: undefined };
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

function explainCall({ policy, table }: Snapshot, url: URL, init: ExplainInit): ReturnType<Mesh["explain"]> {
  const { scheme, authority } = targetOf(url);
  const headers = readHeaders(init.headers as HeadersLike);
  const path = url.pathname + url.search;
  return explainRequest(policy, table, { method: init.method ?? "GET", scheme, authority, path, headers });
}

async function startAdminPort(
  { adminPort }: ResolvedOptions,
  pages: () => ReturnType<typeof adminPages>,
): Promise<Admin | undefined> {
  return adminPort === undefined ? undefined : startAdmin(adminPort, pages());
}
