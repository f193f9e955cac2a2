import type { Server } from "node:http";

const ours = new WeakSet<Server>();

/** Marks a server that the mesh itself listens with: what comes by it is no request to the service. */
export function ownServer(server: Server): Server {
  ours.add(server);
  return server;
}

/** Whether the mesh itself listens with it. */
export function isOwnServer(server: Server): boolean {
  return ours.has(server);
}
