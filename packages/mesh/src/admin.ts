import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MeshError } from "@intramesh/core";
import { refusalOf } from "./admin-guard.ts";
import { ownServer } from "./system/own-servers.ts";

/** One page of the admin port. */
export interface AdminPage {
  /** What it shows, a few words. */
  readonly about: string;
  /** Read when somebody asks; an object is shown as JSON, text as it is. */
  read(query: URLSearchParams): unknown;
  /** Takes a POST: changes what `query` says and returns the page; undefined where that cannot be. Absent where nothing can be changed. */
  change?(query: URLSearchParams): unknown;
  /** What `query` must say, for who got it wrong. */
  readonly usage?: string;
}

/** Pages by path. */
export type AdminPages = Readonly<Record<string, AdminPage>>;

/** A running admin port. */
export interface Admin {
  /** `http://127.0.0.1:15000` */
  readonly url: string;
  close(): Promise<void>;
}

/** Serves what a running process holds, as JSON, on loopback only: it shows configuration and recent requests. */
export async function startAdmin(port: number, pages: AdminPages): Promise<Admin> {
  const server = ownServer(createServer((request, response) => serve(request, response, pages)));
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
  // Not by the primary of `node:cluster`: workers would share the port, and answer for one another.
  server.listen({ port, host: "127.0.0.1", exclusive: true });
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

function serve(request: IncomingMessage, response: ServerResponse, pages: AdminPages): void {
  // Nobody's cache, nobody's frame, and nothing but what it says it is.
  response.setHeader("cache-control", "no-store");
  response.setHeader("x-content-type-options", "nosniff");
  const refusal = refusalOf(request);
  if (refusal !== undefined) {
    answerJson(response, 403, { error: refusal });
    return;
  }
  const [pathname, searchParams] = targetOf(request.url ?? "/");
  if (pathname === "/") {
    answerIndex(request, response, pages);
    return;
  }
  const page = Object.hasOwn(pages, pathname) ? pages[pathname] : undefined;
  if (page === undefined) {
    answerJson(response, 404, { error: `there is no page ${pathname}`, pages: Object.keys(pages) });
    return;
  }
  const { method = "GET" } = request;
  if (method === "GET" || method === "HEAD") answerPage(response, () => page.read(searchParams));
  else if (method === "POST" && page.change !== undefined) answerChange(response, page, searchParams);
  else {
    const allowed = page.change === undefined ? "GET, HEAD" : "GET, HEAD, POST";
    response.setHeader("allow", allowed);
    answerJson(response, 405, { error: `${pathname} takes ${allowed}, not ${method}` });
  }
}

/** Whatever a client writes there: `//` for one is no URL. */
function targetOf(target: string): readonly [path: string, query: URLSearchParams] {
  const at = target.indexOf("?");
  return at < 0 ? [target, new URLSearchParams()] : [target.slice(0, at), new URLSearchParams(target.slice(at + 1))];
}

function answerChange(response: ServerResponse, page: AdminPage, query: URLSearchParams): void {
  const changed = page.change?.(query);
  if (changed === undefined) answerJson(response, 400, { error: `it must say ${page.usage ?? "what to change"}` });
  else answerJson(response, 200, changed);
}

/** A list of the pages: for a browser one to click on, for everybody else JSON. */
function answerIndex({ headers }: IncomingMessage, response: ServerResponse, pages: AdminPages): void {
  const entries = Object.entries(pages);
  if (headers.accept?.includes("text/html") !== true) {
    answerJson(response, 200, { pages: Object.fromEntries(entries.map(([path, { about }]) => [path, about])) });
    return;
  }
  const rows = entries.map(([path, { about }]) => `<dt><a href="${path}">${path}</a></dt><dd>${about}</dd>`);
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.setHeader("content-security-policy", "default-src 'none'");
  response.end(
    `<!doctype html><html lang="en"><title>intramesh</title><h1>intramesh</h1><dl>${rows.join("")}</dl></html>\n`,
  );
}

function answerPage(response: ServerResponse, read: () => unknown): void {
  Promise.resolve()
    .then(read)
    .then(
      (content) => {
        if (typeof content !== "string") return answerJson(response, 200, content);
        // Prometheus 3 does not take a page of metrics that is said to be something else.
        response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8");
        return response.end(content);
      },
      (error: Error) => answerJson(response, 500, { error: error.message }),
    );
}

function answerJson(response: ServerResponse, status: number, content: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.end(`${JSON.stringify(content, undefined, 2)}\n`);
}
