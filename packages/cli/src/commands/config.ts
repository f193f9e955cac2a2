import { type CommandResult, printed, usageFailure } from "../command-result.ts";
import { connectedClients } from "../connected-clients.ts";
import { findInstance, readInstancePage } from "../find-instance.ts";
import type { RegistryClient } from "../registry-client.ts";
import { renderBootstrap, type SnapshotPage } from "../render/bootstrap.ts";
import { type ClusterPage, renderClusters, renderEndpoints } from "../render/clusters.ts";
import { type Output, renderDocument } from "../render/document.ts";
import { renderRoutes, type VirtualHostPage } from "../render/routes.ts";
import { type InflightPage, renderInflight, renderSlow, type SlowPage } from "../render/timelines.ts";

/** Options of `config`. */
export interface ConfigOptions {
  /** `routes`, `clusters`, `endpoints`, `slow`, `inflight`, `bootstrap`; several with commas, or `all`. */
  readonly what: string;
  /** Id of an instance, or how it begins. */
  readonly instance: string;
  readonly output: Output;
}

/** One thing to show: the admin page that it is on, and how it reads. */
interface View {
  readonly path: string;
  /** As one JSON document. */
  json(page: unknown): unknown;
  text(page: unknown): string;
}

// The pages are written by `packages/mesh/src/admin-pages.ts`: each cast says which.
const views: Readonly<Record<string, View>> = {
  routes: { path: "/routes", json: asIs, text: (page) => renderRoutes(page as readonly VirtualHostPage[]) },
  clusters: { path: "/clusters", json: asIs, text: (page) => renderClusters(page as readonly ClusterPage[]) },
  endpoints: {
    path: "/clusters",
    json: (page) => (page as readonly ClusterPage[]).map(({ cluster, endpoints }) => ({ cluster, endpoints })),
    text: (page) => renderEndpoints(page as readonly ClusterPage[]),
  },
  slow: { path: "/slow", json: asIs, text: (page) => renderSlow(page as SlowPage) },
  inflight: { path: "/inflight", json: asIs, text: (page) => renderInflight(page as InflightPage) },
  bootstrap: { path: "/snapshot", json: asIs, text: (page) => renderBootstrap(page as SnapshotPage) },
};

/** What can be shown, by its names. */
export const configViews: readonly string[] = Object.keys(views);

/** istioctl's short words. */
const shortNames: Readonly<Record<string, string>> = {
  route: "routes",
  r: "routes",
  cluster: "clusters",
  c: "clusters",
  endpoint: "endpoints",
  ep: "endpoints",
  b: "bootstrap",
};

/** Shows what one running process really holds, as its admin port tells it. */
export async function config(registry: RegistryClient, options: ConfigOptions): Promise<CommandResult> {
  const names = options.what === "all" ? configViews : options.what.split(",").map(viewName);
  const { clients } = await connectedClients(registry);
  const instance = findInstance(clients, options.instance);
  const pages = await Promise.all(names.map((name) => readInstancePage(instance, views[name]!.path)));
  if (options.output === "text") {
    return printed(names.map((name, at) => views[name]!.text(pages[at])).join("\n"));
  }
  const documents = names.map((name, at) => [name, views[name]!.json(pages[at])] as const);
  const document = documents.length === 1 ? documents[0]![1] : Object.fromEntries(documents);
  return printed(renderDocument(document, options.output));
}

function viewName(word: string): string {
  const name = Object.hasOwn(shortNames, word) ? shortNames[word]! : word;
  if (Object.hasOwn(views, name)) return name;
  throw usageFailure(`"${word}" is nothing that config shows: ${configViews.join(", ")}, several with commas, or all`);
}

function asIs(page: unknown): unknown {
  return page;
}
