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
      if (isHttpServer(server) && !servers.has(server)) servers.set(server, trackUnused(server));
    },
    stopListening() {
      // The method of http.Server closes idle connections as well, and takes those that still send for idle.
      for (const server of servers.keys()) if (server.listening) TcpServer.prototype.close.call(server);
    },
    closeIdle() {
      for (const [server, unused] of servers) {
        server.closeIdleConnections();
        for (const socket of unused) socket.destroy();
      }
    },
  };
}

/** Connections on which no request has come yet: `closeIdleConnections` passes them over. */
function trackUnused(server: HttpServer): Set<Socket> {
  const unused = new Set<Socket>();
  // Under TLS requests come in by another socket than the connection's own.
  server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) => {
    unused.add(socket);
    socket.once("close", () => unused.delete(socket));
  });
  server.on("request", ({ socket }) => unused.delete(socket));
  return unused;
}

function isHttpServer(server: Partial<HttpServer> | undefined): server is HttpServer {
  return server instanceof TcpServer && typeof (server as Partial<HttpServer>).closeIdleConnections === "function";
}
