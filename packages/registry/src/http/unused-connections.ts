import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Returns what closes the connections on which no request has come yet. Node's closeIdleConnections passes them
 * over, and a client that opens connections ahead of need would hold up the end of the server.
 */
export function trackUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  return () => {
    for (const socket of unused) socket.destroy();
  };
}
