import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { parseResource, type Resource } from "@intramesh/config";
import type { ResourceSource } from "@intramesh/discovery";
import { pushSource as newPushSource, type PushSource as PushSourceOf } from "@intramesh/testing";
import { parse } from "yaml";
import { createMesh } from "../create-mesh.ts";
import type { Mesh } from "../mesh.ts";
import type { MeshOptions } from "../options.ts";

/** A source that a test pushes states into. */
export type PushSource = ResourceSource & PushSourceOf<Resource>;

export const pushSource: () => PushSource = newPushSource;

/** Resources of multi-document YAML. */
export function resources(text: string): Resource[] {
  return text
    .split(/^---$/m)
    .filter((document) => document.trim() !== "")
    .map((document) => {
      const { resource, issues } = parseResource(parse(document));
      if (resource === undefined) throw new Error(issues.map(({ path, message }) => `${path}: ${message}`).join("\n"));
      return resource;
    });
}

/** A Service `name` on port 80 whose instances listen at `ports`, by version. */
export function service(name: string, ports: Readonly<Record<string, number | readonly number[]>>): Resource[] {
  const entries = Object.entries(ports).flatMap(([version, given]) =>
    [given].flat().map(
      (port, at) => `
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ${name}-${version}-${at} }
spec: { address: 127.0.0.1, ports: { http: ${port} }, labels: { app: ${name}, version: ${version} } }
`,
    ),
  );
  const declared = `
apiVersion: v1
kind: Service
metadata: { name: ${name} }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;
  const subsets = Object.keys(ports).map((version) => `{ name: ${version}, labels: { version: ${version} } }`);
  const rule = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ${name} }
spec: { host: ${name}, subsets: [${subsets.join(", ")}] }
`;
  return resources([declared, rule, ...entries].join("---"));
}

/** Everything a test starts, ended with it. */
export interface Fixture {
  server(listener: RequestListener): Promise<number>;
  mesh(given: readonly Resource[] | PushSource, options?: MeshOptions): Promise<Mesh>;
  onServer(server: Server): void;
  end(): Promise<void>;
}

export function createFixture(): Fixture {
  const servers: Server[] = [];
  const meshes: Mesh[] = [];
  return {
    onServer(server) {
      servers.push(server);
    },
    async server(listener) {
      const server = createServer(listener);
      servers.push(server);
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    },
    async mesh(given, options = {}) {
      const source = isSource(given) ? given : pushSource();
      if (!isSource(given)) source.push(given);
      const mesh = await createMesh({
        service: { name: "caller" },
        logger: { warn: () => undefined },
        ...options,
        sources: [source],
      });
      meshes.push(mesh);
      await mesh.ready();
      return mesh;
    },
    async end() {
      await Promise.all(meshes.map((mesh) => mesh.close()));
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** Answers with what came, as JSON. */
export function echo(name: string): RequestListener {
  return async (request, response) => {
    const body = await text(request);
    response.setHeader("content-type", "application/json");
    response.setHeader("x-upstream", "1");
    response.end(JSON.stringify({ name, method: request.method, url: request.url, headers: request.headers, body }));
  };
}

export interface Echo {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  return body;
}

function isSource(given: readonly Resource[] | PushSource): given is PushSource {
  return !Array.isArray(given);
}
