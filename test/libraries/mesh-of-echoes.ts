import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { createMesh, files, type Mesh } from "intramesh";

/** What an echo answers with, as JSON. */
export interface Echo {
  readonly version: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Folder of resources for `reviews`: v1, and v2 for the user jason; both echo. The servers end with the test. */
export async function startReviews(t: TestContext): Promise<string> {
  const [v1, v2] = await Promise.all([listen(t, createServer(echo("v1"))), listen(t, createServer(echo("v2")))]);
  const folder = mkdtempSync(join(tmpdir(), "intramesh-libraries-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, "reviews.yaml"), resources(v1, v2));
  return folder;
}

/** A mesh in this process that knows `reviews`. */
export async function meshWithReviews(t: TestContext): Promise<Mesh> {
  const mesh = await createMesh({
    service: { name: "caller" },
    sources: [files(await startReviews(t))],
    drainDelayMs: 0,
    handleSignals: false,
    logger: { warn: () => undefined },
  });
  t.after(() => mesh.close());
  await mesh.ready();
  return mesh;
}

/** Listens on a free port of loopback until the test ends. */
export async function listen(t: TestContext, server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

function echo(version: string): RequestListener {
  return async (request, response) => {
    const { method, url, headers } = request;
    const body = await textOf(request);
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ version, method, url, headers, body }));
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return text;
}

function resources(v1: number, v2: number): string {
  const instance = (version: string, port: number): string => `---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: reviews-${version} }
spec: { address: 127.0.0.1, ports: { http: ${port} }, labels: { app: reviews, version: ${version} } }
`;
  return `apiVersion: v1
kind: Service
metadata: { name: reviews }
spec: { selector: { app: reviews }, ports: [{ name: http, port: 9080 }] }
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: reviews }
spec: { host: reviews, subsets: [{ name: v1, labels: { version: v1 } }, { name: v2, labels: { version: v2 } }] }
---
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: reviews }
spec:
  hosts: [reviews]
  http:
  - match: [{ headers: { end-user: { exact: jason } } }]
    route: [{ destination: { host: reviews, subset: v2 } }]
  - route: [{ destination: { host: reviews, subset: v1 } }]
${instance("v1", v1)}${instance("v2", v2)}`;
}
