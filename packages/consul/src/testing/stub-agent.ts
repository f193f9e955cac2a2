import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What a stub answers to a path: a status, headers and a body. */
export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Something that answers as a test says where an agent should be. */
export interface StubAgent {
  readonly url: string;
  /** Requests so far. */
  readonly requests: readonly { readonly path: string; readonly token: string | undefined }[];
  close(): void;
}

/** Starts it; `answer` gets the path and the query of each request, and never holds one. */
export async function startStubAgent(answer: (path: string, query: URLSearchParams) => StubAnswer): Promise<StubAgent> {
  const requests: { readonly path: string; readonly token: string | undefined }[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://stub");
    const token = request.headers["x-consul-token"];
    requests.push({ path: pathname, token: typeof token === "string" ? token : undefined });
    const { status = 200, headers = {}, body } = answer(decodeURIComponent(pathname), searchParams);
    const isText = typeof body === "string";
    response.writeHead(status, { "content-type": isText ? "text/plain" : "application/json", ...headers });
    response.end(isText ? body : JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
