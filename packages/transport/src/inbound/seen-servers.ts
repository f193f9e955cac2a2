import type { Server as HttpServer } from "node:http";
import { type Socket, Server as TcpServer } from "node:net";
import { Server as TlsServer } from "node:tls";

/** The servers that requests have come through: a mesh wraps handlers, nobody tells it of servers. */
export interface SeenServers {
  /** Remembers the server that this connection came in by. */
  see(socket: Socket): void;
  /** Refuses new connections; those that stand are left alone. */
  stopListening(): void;
  /** Closes connections without a request on them. */
  closeIdle(): void;
}

/** Node puts the server there for every connection of `node:http` and `node:https`. */
type ServerSocket = Socket & { readonly server?: Partial<HttpServer> };

/** Knows no server at first. */
export function createSeenServers(): SeenServers {
  const servers = new Map<HttpServer, Set<Socket>>();
  // Most processes have one: a request then costs a comparison.
  let latest: Partial<HttpServer> | undefined;

  return {
    see(socket) {
      const { server } = socket as ServerSocket;
      if (server === latest) return;
      latest = server;
      if (isHttpServer(server) && !servers.has(server)) servers.set(server, trackConnections(server));
    },
    stopListening() {
      // The method of http.Server closes idle connections as well, and takes those that still send for idle.
      for (const server of servers.keys()) if (server.listening) TcpServer.prototype.close.call(server);
    },
    closeIdle() {
      for (const [server, connections] of servers) {
        server.closeIdleConnections();
        for (const socket of connections) if (socket.bytesRead === 0) socket.destroy();
      }
    },
  };
}

/**
 * Connections that come from here on. `closeIdleConnections` passes over those that have sent nothing yet. A listener for
 * requests would not know those that were upgraded.
 */
function trackConnections(server: HttpServer): Set<Socket> {
  const connections = new Set<Socket>();
  // Under TLS what has been read is not the connection's own count.
  if (server instanceof TlsServer) return connections;
  server.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  return connections;
}

function isHttpServer(server: Partial<HttpServer> | undefined): server is HttpServer {
  return server instanceof TcpServer && typeof (server as Partial<HttpServer>).closeIdleConnections === "function";
}
