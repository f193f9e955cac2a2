import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMesh, files, type Mesh } from "intramesh";

/** What the backend saw of one request: every header line, so that a second one of a name shows. */
export interface Seen {
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingHttpHeaders;
}

/** A meshed front service whose handler calls `http://backend/` through its mesh, and a plain backend. */
export interface MeshedServers {
  readonly mesh: Mesh;
  /** The front's. */
  readonly url: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** `call` is how the front's handler calls the backend; `fetch` of the mesh unless it is given. */
export async function startMeshedServers(call?: (mesh: Mesh) => Promise<unknown>): Promise<MeshedServers> {
  const seen: Seen[] = [];
  const backend = await listening((request, response) => {
    seen.push({ rawHeaders: request.rawHeaders, headers: request.headers });
    response.end("ok");
  });
  const folder = mkdtempSync(join(tmpdir(), "intramesh-spans-"));
  writeFileSync(join(folder, "backend.yaml"), backendYaml(portOf(backend)));
  const mesh = await createMesh({
    service: { name: "front" },
    sources: [files(folder)],
    logger: { warn: () => undefined },
    handleSignals: false,
  });
  await mesh.ready();
  const callBackend = call ?? ((front: Mesh) => front.fetch("http://backend/").then((response) => response.text()));
  const front = await listening(
    mesh.listener(async (_request, response) => {
      await callBackend(mesh);
      response.end("ok");
    }),
  );
  return {
    mesh,
    url: `http://127.0.0.1:${portOf(front)}`,
    seen,
    async close() {
      await mesh.close();
      for (const server of [front, backend]) {
        server.closeAllConnections();
        server.close();
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function listening(handler: RequestListener): Promise<Server> {
  const server = createServer(handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

/** A Service `backend` on port 80 with one instance. */
export function backendYaml(port: number): string {
  return `
apiVersion: v1
kind: Service
metadata: { name: backend }
spec: { selector: { app: backend }, ports: [{ name: http, port: 80 }] }
---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: backend-1 }
spec: { address: 127.0.0.1, ports: { http: ${port} }, labels: { app: backend, version: v1 } }
`;
}
