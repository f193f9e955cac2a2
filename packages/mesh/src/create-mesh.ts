import { createMeshPolicy } from "@intramesh/config";
import type { HeaderMap } from "@intramesh/core";
import type { ResourceState } from "@intramesh/discovery";
import { compileRouteTable, explainRequest } from "@intramesh/routing";
import { createIstioMetrics, createMetricsRegistry } from "@intramesh/telemetry";
import {
  createEndpointPools,
  createFetch,
  type FaceRuntime,
  MeshDispatcher,
  readHeaders,
  targetOf,
} from "@intramesh/transport";
import { type Advertisement, createAdvertisement } from "./advertisement.ts";
import type { Runtime } from "./chain.ts";
import { ClusterSet } from "./cluster-set.ts";
import { createMeshInbound } from "./inbound.ts";
import type { Mesh } from "./mesh.ts";
import { createEmitter } from "./mesh-events.ts";
import { type MeshOptions, resolveOptions } from "./options.ts";
import { createRequestHandler } from "./request-handler.ts";
import { createResourceFeed } from "./resource-feed.ts";
import { createSnapshot, type Snapshot } from "./snapshot.ts";
import { routeUpgrade } from "./upgrade.ts";
import { encodePeer, peerOfLabels, type Workload } from "./workload.ts";

/**
 * Joins this process to the mesh. Resources come in the background: `mesh.ready()` says when, and requests made before
 * that wait for them.
 * Throws a MeshError with code MESH_BAD_OPTION for options that cannot be.
 */
export async function createMesh(options: MeshOptions = {}): Promise<Mesh> {
  return startMesh(options).mesh;
}

/** The same at once, for `intramesh/register`, which hears of the port when a server listens. */
export function startMesh(options: MeshOptions): { readonly mesh: Mesh; readonly advertisement: Advertisement } {
  const resolved = resolveOptions(options);
  const { service, clock, scheduler, random, logger } = resolved;
  const labels = { app: service.name, version: service.version, ...service.labels };
  const self: Workload = {
    service: service.name,
    instance: service.instance,
    ...peerOfLabels(labels, service.namespace),
  };

  const metricsRegistry = createMetricsRegistry();
  const metrics = createIstioMetrics(metricsRegistry);
  const pools = createEndpointPools();
  const clusters = new ClusterSet({ pools, metrics, self, random });
  const runtime: Runtime = { clock, scheduler, random, passthrough: pools.passthrough, nodeId: service.instance };
  const events = createEmitter();
  const settings = { outboundTrafficPolicy: resolved.outboundTrafficPolicy };

  function compile(state: ResourceState): Snapshot {
    const policy = createMeshPolicy(state.resources, { namespace: service.namespace, labels }, settings);
    return createSnapshot({
      policy,
      table: compileRouteTable(policy),
      revision: state.revision,
      clusters,
      metrics,
      self,
      runtime,
    });
  }

  let current = compile({ resources: [], revision: "none", description: "nothing yet", stale: true });
  const feed = createResourceFeed(resolved);
  let starting: Promise<void> | undefined;
  const firstSnapshot = new Promise<void>((resolve) => {
    feed.start({
      onUpdate(state) {
        try {
          const next = compile(state);
          clusters.reconcile(next.policy);
          current = next;
          events.emit("configApplied", { revision: state.revision, resources: state.resources.length });
        } catch (error) {
          reject(error as Error);
        }
        starting = undefined;
        resolve();
      },
      onError: reject,
    });
  });
  if (current.revision === "none") starting = firstSnapshot;

  function reject(error: Error): void {
    logger.warn(`intramesh: ${error.message}`);
    events.emit("configRejected", { error });
  }

  let closing: Promise<void> | undefined;
  const handle = createRequestHandler({
    random,
    peer: encodePeer(self),
    throwOnMeshFailure: resolved.throwOnMeshFailure,
    snapshot: () => current,
    starting: () => starting,
    closed: () => closing !== undefined && inbound.active === 0,
  });
  const face: FaceRuntime = {
    clock,
    handle,
    routeUpgrade: (exchange) => routeUpgrade(current, clusters, exchange, random, pools.passthrough),
    replayLimitBytes: resolved.replayLimitBytes,
  };
  const inbound = createMeshInbound({
    self,
    clock,
    metrics,
    propagate: resolved.propagate,
    metricsPath: resolved.metricsPath,
    scrape: () => metricsRegistry.metrics(),
  });
  const advertisement = createAdvertisement(resolved, labels, {
    registered: () => events.emit("registered", { instance: service.instance }),
    taken: (message) => events.emit("instanceTaken", { message }),
  });

  async function close(): Promise<void> {
    await advertisement.close();
    await Promise.race([
      inbound.drain(),
      new Promise<void>((resolve) => scheduler.after(resolved.drainTimeoutMs, resolve)),
    ]);
    await feed.close();
    await pools.close();
  }

  const mesh: Mesh = {
    instance: service.instance,
    fetch: createFetch(face),
    dispatcher: new MeshDispatcher(face),
    async ready() {
      await firstSnapshot;
      await advertisement.ready();
    },
    listener: (handler) => inbound.listener(handler),
    middleware: () => inbound.middleware(),
    explain(url, init = {}) {
      const target = targetOf(new URL(url));
      const { pathname, search } = new URL(url);
      const headers: HeaderMap = readHeaders(init.headers as Parameters<typeof readHeaders>[0]);
      const { scheme, authority } = target;
      const request = { method: init.method ?? "GET", scheme, authority, path: pathname + search, headers };
      return explainRequest(current.policy, current.table, request);
    },
    metrics: () => metricsRegistry.metrics(),
    on: (name, listener) => events.on(name, listener),
    close() {
      closing ??= close();
      return closing;
    },
    [Symbol.asyncDispose]: () => mesh.close(),
  };
  return { mesh, advertisement };
}
