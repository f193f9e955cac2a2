import type { ClusterRef } from "@intramesh/core";
import { explainRequest } from "@intramesh/routing";
import { startTracing, type Tracing } from "@intramesh/telemetry/sdk";
import {
  createAgent,
  createFetch,
  type HeadersLike,
  type Inbound,
  MeshDispatcher,
  readHeaders,
  targetOf,
} from "@intramesh/transport";
import { type Admin, startAdmin } from "./admin.ts";
import { adminPages } from "./admin-pages.ts";
import { type Advertisement, createAdvertisement } from "./advertisement.ts";
import { drain, within } from "./drain.ts";
import { withEnvironmentSources } from "./environment-sources.ts";
import { createExplanations } from "./explanations.ts";
import { createMeshInbound } from "./inbound.ts";
import { refuseUnknownOptions } from "./known-options.ts";
import type { ExplainInit, Mesh } from "./mesh.ts";
import { createMeshCore } from "./mesh-core.ts";
import { createFace } from "./mesh-face.ts";
import { type MeshOptions, type ResolvedOptions, resolveOptions } from "./options.ts";
import { addOwnMetrics, openMetricsPage, readText } from "./own-metrics.ts";
import { createRecorder } from "./recorder.ts";
import { closeOnSignal, type SignalTask } from "./signals.ts";
import type { Snapshot } from "./snapshot.ts";
import { createStatusReport } from "./status-report.ts";
import { keepAlive } from "./system/keep-alive.ts";
import { requireNode } from "./system/node-version.ts";
import { noteCopy } from "./system/sdk-copies.ts";

/**
 * Joins this process to the mesh. Resources come in the background: `mesh.ready()` says when, and requests made before
 * that wait for them.
 * Throws a MeshError with code MESH_BAD_OPTION for options that cannot be, MESH_NODE_TOO_OLD on a Node before 22.19.
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
  requireNode();
  refuseUnknownOptions(options);
  const resolved = resolveOptions(options);
  const { service, clock, scheduler, logger } = resolved;
  noteCopy(logger);
  const page = openMetricsPage(resolved);
  const tracing = resolved.tracing ? startTracing({ service }) : undefined;
  const core = createMeshCore(resolved, page, tellStatus);
  const { self, labels, events, accessLogs, metrics, clusterMetrics, pools, names, feed, clusters, tracer, holder } =
    core;
  const firstSnapshot = holder.starting ?? Promise.resolve();
  const status = createStatusReport(resolved, labels);
  const explanations = createExplanations(clock);
  const recorder = createRecorder(resolved.propagate);

  let admin: Admin | undefined;
  const inbound: Inbound = createMeshInbound({
    ...resolved,
    self,
    port: service.port,
    tracer,
    metrics,
    accessLogs,
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
      accessLogs,
      timelines: core.runtime.timelines,
      logger,
      clusters: () => clusters.all(),
      inboundActive: () => inbound.active,
      metrics: () => readText(page),
    }),
  ).then((started) => {
    admin = started;
    tellStatus();
  });
  // Whoever waits for ready() hears of a port that is taken; a program that does not know of the mesh does not wait.
  adminStarted.catch((error: Error) => {
    if (beside === "close") logger.warn(`intramesh: ${error.message}`);
  });

  function tellStatus(): void {
    status.tell(holder, admin?.url);
  }

  let closing: Promise<void> | undefined;
  /** Handlers that still run may call out until here. */
  let drained = false;
  const observers = { explanations, recorder: resolved.adminPort === undefined ? undefined : recorder };
  const face = createFace(resolved, core, observers, () => drained);
  const advertisement = createAdvertisement(resolved, labels, {
    registered: () => events.emit("registered", { instance: service.instance }),
    taken: (message) => events.emit("instanceTaken", { message }),
  });

  async function close(): Promise<void> {
    const letGo = keepAlive();
    try {
      await drain({ ...resolved, advertisement, inbound });
      drained = true;
      // Calls that wait inside the mesh are sent while their connections are still there.
      const { waiting } = core.runtime;
      const until = resolved.clock.now() + resolved.drainTimeoutMs;
      if (waiting.size > 0) await within(waiting.idle(), resolved.drainTimeoutMs, scheduler);
      waiting.end();
      status.close();
      clusters.close();
      names.close();
      // Calls of no handler, a long poll for one, are waited for as long as handlers are.
      const stopped = Promise.all([holder.close(), pools.close(), admin?.close()]);
      // Bodies that hang would keep the process.
      const leftMs = Math.max(0, until - resolved.clock.now());
      if (!(await within(stopped, leftMs, scheduler))) pools.destroy();
      if (tracing !== undefined) await within(handOut(tracing, logger), resolved.drainTimeoutMs, scheduler);
      await within(accessLogs.close(), resolved.drainTimeoutMs, scheduler);
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
      core.fallbacks.set(name.toLowerCase(), fallback);
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
