import type { AddressInfo } from "node:net";
import { ClientReports } from "./clients/client-reports.ts";
import { MeshRevisions } from "./clients/mesh-revisions.ts";
import { Reconciler } from "./clients/reconciler.ts";
import { HealthChecker } from "./health-checks/health-checker.ts";
import { createApp } from "./http/app.ts";
import { addClientRoutes } from "./http/client-routes.ts";
import { addHealthRoutes } from "./http/health-routes.ts";
import { addInstanceRoutes } from "./http/instance-routes.ts";
import { addPrometheusRoute } from "./http/prometheus-route.ts";
import { addSettingsRoute } from "./http/settings-route.ts";
import { trackUnusedConnections } from "./http/unused-connections.ts";
import { addWatchRoute } from "./http/watch-route.ts";
import { InstanceKeeper } from "./instances/instance-keeper.ts";
import { addDocumentRoutes } from "./kube/document-routes.ts";
import { addObjectRoutes } from "./kube/object-routes.ts";
import { namespaceKind, namespaceResource } from "./objects/managed-metadata.ts";
import { ObjectWriter } from "./objects/object-writer.ts";
import { inMemory, type RegistryOptions, resolveOptions } from "./options.ts";
import { ownVersion } from "./own-version.ts";
import { RegistryState } from "./state/registry-state.ts";
import { measureStore } from "./store/measure-store.ts";
import { createMemoryStore } from "./store/memory-store.ts";
import { createSqliteStore } from "./store/sqlite-store.ts";
import { WatchHub } from "./watch/watch-hub.ts";

/** A registry that listens. */
export interface Registry {
  /** `http://127.0.0.1:7070` */
  readonly url: string;
  readonly port: number;
  /** Folder of the state, or `:memory:`. */
  readonly data: string;
  /** Ends the watches, answers what is under way, closes the store. */
  close(): Promise<void>;
}

/** Requests that are under way when the registry closes get this long. */
const closingMs = 5_000;

/** Namespaces that exist from the start: everybody's, and the one whose resources hold for all. */
const firstNamespaces = ["default", "istio-system"];

/** Starts a registry; resolves once it listens. Rejects where the options, the data or the port do not allow it. */
export async function createRegistry(options: RegistryOptions = {}): Promise<Registry> {
  const { host, port, data, token, mesh, historyLimit, logger, clock, scheduler } = resolveOptions(options);
  const { store, measure } = measureStore(
    data === inMemory
      ? createMemoryStore()
      : createSqliteStore({ folder: data, historyLimit, warn: (message) => logger.warn(message) }),
    clock,
  );
  let instances: InstanceKeeper | undefined;
  let health: HealthChecker | undefined;
  let reconciler: Reconciler | undefined;
  try {
    const state = new RegistryState(store, historyLimit, mesh);
    createFirstNamespaces(state, clock.wallMs());
    const keeper = new InstanceKeeper(state, clock, scheduler, logger);
    instances = keeper;
    const checker = new HealthChecker(state, clock, scheduler, logger);
    health = checker;
    const hub = new WatchHub(state, scheduler);
    const { app, requests, refuseOtherMethods } = createApp({ token, logger });
    const reports = new ClientReports(state, clock);
    const revisions = new MeshRevisions(state);
    const expectsClients = keeper.count > 0;
    const conditions = new Reconciler(state, reports, revisions, { clock, scheduler, expectsClients });
    reconciler = conditions;
    const writer = new ObjectWriter(
      state,
      clock,
      (namespace, service) => keeper.hasService(namespace, service),
      (resource) => conditions.begin(resource),
    );
    addDocumentRoutes(app, ownVersion);
    addObjectRoutes(app, { state, writer, hub, clock });
    addInstanceRoutes(app, keeper);
    addWatchRoute(app, state, hub);
    addSettingsRoute(app, state);
    addClientRoutes(app, { state, clock, reports, revisions });
    addPrometheusRoute(app, keeper);
    addHealthRoutes(app, { state, instances: keeper, hub, requests, reports, revisions, commits: measure });
    refuseOtherMethods();
    const closeUnused = trackUnusedConnections(app.server);
    app.addHook("preClose", async () => {
      hub.close();
      closeUnused();
    });
    await app.listen({ host, port });
    const bound = (app.server.address() as AddressInfo).port;
    return {
      url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}`,
      port: bound,
      data,
      async close() {
        keeper.close();
        checker.close();
        conditions.close();
        const cancel = scheduler.after(closingMs, () => app.server.closeAllConnections());
        await app.close();
        cancel();
        store.close();
      },
    };
  } catch (error) {
    instances?.close();
    health?.close();
    reconciler?.close();
    store.close();
    throw error;
  }
}

function createFirstNamespaces(state: RegistryState, wallMs: number): void {
  const missing = firstNamespaces.filter((name) => state.get(namespaceKind, "", name) === undefined);
  state.write(missing.map((name) => ({ type: "put", info: namespaceKind, resource: namespaceResource(name, wallMs) })));
}
