import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { setImmediate } from "node:timers/promises";
import { createMesh } from "intramesh";
import { type Bench, startBench, temporaryFolder } from "./run-command.ts";

/** The mesh that `createMesh` makes. */
export type Mesh = Awaited<ReturnType<typeof createMesh>>;

/** A registry with processes that are meshed, all of them gone with their test. */
export interface MeshBench extends Bench {
  /** Starts `name` of `version` as a server that answers everything, and waits for the registry to know it. */
  serve(name: string, version: string): Promise<Mesh>;
  /** Starts a process that only calls, with an admin port. */
  call(name: string, options?: { readonly admin?: boolean; readonly namespace?: string }): Promise<Mesh>;
  /** Applies `text`, and waits until `mesh` runs it. */
  apply(text: string, ...meshes: readonly Mesh[]): Promise<void>;
  /**
   * Waits until each mesh has told the registry that it runs the newest revision. Instances are not everybody's
   * matter and do not count as revisions here: see `seesEndpoints`.
   */
  settle(...meshes: readonly Mesh[]): Promise<void>;
  /** Waits until `mesh`, which has called `url` before, knows this number of endpoints for it. */
  seesEndpoints(mesh: Mesh, url: string, count: number): Promise<void>;
}

/** The port by which tests call a service. */
const servicePort = 9080;

/** Far beyond what a report takes, so that only one that never comes fails. */
const settleLimitMs = 20_000;

/** Starts one. */
export async function startMeshBench(t: TestContext): Promise<MeshBench> {
  const bench = await startBench(t);
  const { url } = bench;

  async function join(options: Parameters<typeof createMesh>[0]): Promise<Mesh> {
    const stateDirectory = temporaryFolder(t);
    const mesh = await createMesh({ registry: url, stateDirectory, logger: { warn: () => undefined }, ...options });
    t.after(() => mesh.close());
    return mesh;
  }

  async function settle(...meshes: readonly Mesh[]): Promise<void> {
    const names = new Set(meshes.map(({ instance }) => instance));
    for (const startedAt = performance.now(); performance.now() - startedAt < settleLimitMs; ) {
      const { revision, items } = (await (await fetch(`${url}/mesh/v1/clients`)).json()) as {
        readonly revision: number;
        readonly items: readonly { readonly id: string; readonly revision: number }[];
      };
      const settled = items.filter((client) => names.has(client.id) && client.revision === revision);
      if (settled.length === names.size) return;
    }
    throw new Error(`${[...names].join(", ")}: not at the registry's revision after ${settleLimitMs} ms`);
  }

  async function seesEndpoints(mesh: Mesh, url: string, count: number): Promise<void> {
    const endpoints = (): number => mesh.explain(url).destinations[0]?.endpoints.length ?? 0;
    for (const startedAt = performance.now(); endpoints() !== count; await setImmediate()) {
      if (performance.now() - startedAt > settleLimitMs)
        throw new Error(`${url}: ${endpoints()} endpoints after ${settleLimitMs} ms, not ${count}`);
    }
  }

  return {
    ...bench,
    settle,
    seesEndpoints,
    async serve(name, version) {
      const server = createServer();
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      t.after(() => server.close());
      const targetPort = (server.address() as AddressInfo).port;
      const mesh = await join({ service: { name, version, port: servicePort, targetPort } });
      server.on(
        "request",
        mesh.listener((_request, response) => response.end(version)),
      );
      await mesh.ready();
      return mesh;
    },
    async call(name, { admin = true, namespace = "default" } = {}) {
      const mesh = await join({ service: { name, namespace }, ...(admin ? { adminPort: 0 } : {}) });
      await mesh.ready();
      return mesh;
    },
    async apply(text, ...meshes) {
      const { code, err } = await bench.run(["apply", "-f", "-"], text);
      if (code !== 0) throw new Error(err);
      await settle(...meshes);
    },
  };
}

/** A DestinationRule of reviews: v1 and v3. */
export const reviewsSubsets: string = `apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec:
  host: reviews
  subsets:
  - { name: v1, labels: { version: v1 } }
  - { name: v3, labels: { version: v3 } }
`;

/** A VirtualService that spreads reviews over subsets by weight; `more` are other fields of its rule. */
export function reviewsRule(weights: Readonly<Record<string, number>>, more: string = ""): string {
  const route = Object.entries(weights).map(
    ([subset, weight]) => `{ destination: { host: reviews, subset: ${subset} }, weight: ${weight} }`,
  );
  return `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
  - route: [${route.join(", ")}]
    ${more}
`;
}
