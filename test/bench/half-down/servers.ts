import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Endpoints that answer, and ports where nobody listens any more. */
export interface Ports {
  readonly up: readonly number[];
  readonly down: readonly number[];
}

const body = JSON.stringify({ id: 0, ratings: { Reviewer1: 5, Reviewer2: 4 } });

async function listen(): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (_request, response) => {
    response.setHeader("content-type", "application/json");
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

const up = await Promise.all(Array.from({ length: 8 }, listen));
const gone = await Promise.all(Array.from({ length: 4 }, listen));
const ports: Ports = { up: up.map(portOf), down: gone.map(portOf) };
for (const server of gone) server.close();
process.send!(ports);
