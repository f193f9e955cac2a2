import { once } from "node:events";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MeshError } from "@intramesh/core";
import { ownServer } from "./system/own-servers.ts";

/** Pages of the admin port, by path; each is read when somebody asks. */
export type AdminPages = Readonly<Record<string, () => unknown>>;

export interface Admin {
  /** `http://127.0.0.1:15000` */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves what a running process holds, as JSON, on loopback only: it shows configuration and recent requests. */
export async function startAdmin(port: number, pages: AdminPages): Promise<Admin> {
  const server = ownServer(
    createServer((request, response) => answer(response, pages, new URL(request.url ?? "/", "http://admin").pathname)),
  );
  server.unref();
  await listen(server, port);
  const { port: bound } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${bound}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new MeshError(
      "MESH_BAD_OPTION",
      `option adminPort is ${port}; it must be a port that is free on 127.0.0.1: ${(cause as Error).message}`,
      { cause },
    );
  }
}

function answer(response: ServerResponse, pages: AdminPages, path: string): void {
  response.setHeader("content-type", "application/json");
  const page = pages[path];
  if (page === undefined) {
    response.statusCode = path === "/" ? 200 : 404;
    response.end(`${JSON.stringify({ pages: Object.keys(pages) }, undefined, 2)}\n`);
    return;
  }
  Promise.resolve(page()).then(
    (content) => {
      if (typeof content !== "string") return response.end(`${JSON.stringify(content, undefined, 2)}\n`);
      // Prometheus 3 does not take a page of metrics that is said to be something else.
      response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
      return response.end(content);
    },
    (error: Error) => {
      response.statusCode = 500;
      response.end(`${JSON.stringify({ error: error.message })}\n`);
    },
  );
}
