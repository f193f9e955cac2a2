import http, { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { startMesh } from "./create-mesh.ts";
import { withEnvironmentSources } from "./environment-sources.ts";
import { isOwnServer } from "./system/own-servers.ts";

/*
 * `node --import intramesh/register app.js`: meshes a program as it is. Its global fetch, undici, its `node:http` servers
 * and what calls by the global agent of `node:http` go through a mesh that is configured by environment variables
 * (INTRAMESH_SERVICE, INTRAMESH_REGISTRY …).
 */

// The program does not know of the mesh: it cannot close it in a signal handler of its own.
const { mesh, advertisement } = startMesh(await withEnvironmentSources({}), "close");
const enter = mesh.middleware();

globalThis.fetch = mesh.fetch;
// Where undici 8, and undici 6 and 7 with the fetch of Node, look for their global dispatcher. Once one is there the
// property cannot be redefined, but it can be assigned.
for (const version of [1, 2]) {
  (globalThis as Record<symbol, unknown>)[Symbol.for(`undici.globalDispatcher.${version}`)] = mesh.dispatcher;
}

// Where ClientRequest looks for it each time, for requests that bring no agent: axios, got, superagent, node-fetch.
http.globalAgent = mesh.agent;

type Emit = (this: Server, event: string, ...values: unknown[]) => boolean;
const emit = Server.prototype.emit as Emit;
Server.prototype.emit = function emitThroughMesh(this: Server, event: string, ...args: unknown[]): boolean {
  if (isOwnServer(this)) return emit.call(this, event, ...args);
  if (event === "listening") {
    const address = this.address();
    if (address !== null && typeof address === "object") advertisement.listensAt((address as AddressInfo).port);
  }
  if (event !== "request") return emit.call(this, event, ...args);
  const [request, response] = args as Parameters<typeof enter>;
  enter(request, response, () => emit.call(this, event, ...args));
  return true;
};
