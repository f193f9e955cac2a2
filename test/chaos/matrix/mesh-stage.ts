import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Resource } from "@intramesh/config";
import { type PushSource, pushSource } from "@intramesh/testing";
import { createMesh, type Mesh, type MeshOptions } from "intramesh";
import { resources } from "../testbed/resources.ts";

/** A source that has a state from the start. */
export function stateSource(first: readonly Resource[]): PushSource<Resource> {
  const source = pushSource<Resource>();
  source.push(first);
  return source;
}

/** Where an instance of a service is. */
export interface Place {
  readonly port: number;
  /** `127.0.0.1` */
  readonly address?: string;
  readonly version?: string;
  /** `region/zone/subzone` */
  readonly locality?: string;
}

/** A Service `name` on port 80 with an instance at each place, and its DestinationRule; `policy` is a trafficPolicy. */
export function service(name: string, places: readonly Place[], policy?: string): Resource[] {
  const versions = [...new Set(places.map(({ version = "v1" }) => version))];
  const subsets = versions.map((version) => `{ name: ${version}, labels: { version: ${version} } }`).join(", ");
  const trafficPolicy = policy === undefined ? "" : `trafficPolicy: ${policy}, `;
  const declared = resources(
    [
      `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`,
      `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name} }
spec: { host: ${name}, ${trafficPolicy}subsets: [${subsets}] }
`,
    ].join("---"),
  );
  return [...declared, ...places.map((place) => entry(name, place))];
}

/** A VirtualService for `name`; `rest` are further fields of its one rule, in YAML's flow form. */
export function route(name: string, rest: string): Resource[] {
  return resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ${name} }
spec: { hosts: [${name}], http: [{ route: [{ destination: { host: ${name} } }], ${rest} }] }
`);
}

function entry(app: string, { port, address = "127.0.0.1", version = "v1", locality = "" }: Place): Resource {
  const [resource] = resources(`
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: "${app}-${version}-${address.replaceAll(".", "-")}-${port}" }
spec: { address: ${address}, locality: "${locality}", ports: { http: ${port} }, labels: { app: ${app}, version: ${version} } }
`);
  return resource!;
}

/** A server of a test's own, and where it is. */
export interface Upstream extends Place {
  readonly server: Server;
  /** Ends every connection and listens no more. */
  kill(): void;
}

/** Everything that a test starts, ended with it. */
export interface MeshStage {
  /** Starts a server on a free port, or on the port given. */
  server(listener: RequestListener, port?: number, address?: string): Promise<Upstream>;
  mesh(given: readonly Resource[] | PushSource<Resource>, options?: MeshOptions): Promise<Mesh>;
  /** What meshes have warned of. */
  readonly warnings: readonly string[];
  end(): Promise<void>;
}

export function createMeshStage(): MeshStage {
  const upstreams: Upstream[] = [];
  const meshes: Mesh[] = [];
  const warnings: string[] = [];
  return {
    warnings,
    async server(listener, port = 0, address = "127.0.0.1") {
      const server = createServer(listener);
      server.listen(port, address);
      await once(server, "listening");
      const upstream: Upstream = {
        server,
        address,
        port: (server.address() as AddressInfo).port,
        kill() {
          server.close();
          server.closeAllConnections();
        },
      };
      upstreams.push(upstream);
      return upstream;
    },
    async mesh(given, options = {}) {
      const source = "start" in given ? given : stateSource(given);
      const logger = { warn: (message: string): void => void warnings.push(message) };
      const mesh = await createMesh({ service: { name: "caller" }, logger, ...options, sources: [source] });
      meshes.push(mesh);
      await mesh.ready();
      return mesh;
    },
    async end() {
      await Promise.all(meshes.splice(0).map((mesh) => mesh.close()));
      for (const upstream of upstreams.splice(0)) upstream.kill();
    },
  };
}
