import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Mesh } from "intramesh";
import { tellStarter, whenToldToStop } from "../processes/starter.ts";

/**
 * Says where the service listens and when the mesh knows it, and takes it out of the mesh when the process is told to
 * stop: first it leaves the registry, then what is under way ends, then the server and `release` close.
 */
export function serveUntilStopped(server: Server, mesh: Mesh, release?: () => Promise<void>): void {
  whenToldToStop(async () => {
    await mesh.close();
    server.close();
    await release?.();
  });
  const { port } = server.address() as AddressInfo;
  tellStarter({ type: "listening", url: `http://127.0.0.1:${port}` });
  // Not awaited: without a registry it comes late or never, and the service works from its last known good state.
  void mesh.ready().then(() => tellStarter({ type: "ready" }));
}
