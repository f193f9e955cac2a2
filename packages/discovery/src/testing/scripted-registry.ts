import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { WatchEvent } from "../registry-protocol.ts";
import { Arrivals } from "./arrivals.ts";

/** A request that a test answers as it likes. */
export class ScriptedCall {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
  /** Tells connections apart. */
  readonly clientPort: number | undefined;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse, body: string) {
    const url = new URL(request.url!, "http://registry.test");
    this.method = request.method!;
    this.path = url.pathname;
    this.query = url.searchParams;
    this.headers = request.headers;
    this.body = body === "" ? undefined : JSON.parse(body);
    this.clientPort = request.socket.remotePort;
    this.#response = response;
  }

  /** Resolves when the client has gone, or has the whole answer. */
  get over(): Promise<unknown> {
    return this.#response.closed ? Promise.resolve() : once(this.#response, "close");
  }

  answer(status: number, body: unknown = {}, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  }

  /** Begins an answer with these headers; `write` begins one without any. */
  answerStream(headers: Readonly<Record<string, string>>): void {
    this.#response.writeHead(200, headers);
  }

  /** Sends events of a watch stream. */
  send(...events: readonly WatchEvent[]): void {
    this.write(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
  }

  write(text: string | Buffer): void {
    this.#response.write(text);
  }

  /** Ends the answer as a server does that means it. */
  end(): void {
    this.#response.end();
  }

  /** Breaks the connection. */
  cut(): void {
    this.#response.destroy();
  }
}

/** A registry that does nothing by itself: each request waits for the test. */
export class ScriptedRegistry {
  readonly #server: Server;
  readonly #calls = new Arrivals<ScriptedCall>();
  readonly port: number;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("request", async (request: IncomingMessage, response: ServerResponse) => {
      let body = "";
      for await (const chunk of request.setEncoding("utf8")) body += chunk;
      this.#calls.push(new ScriptedCall(request, response, body));
    });
  }

  /** Listens on a port of its own, or on one that is known to be free. */
  static async start(port: number = 0): Promise<ScriptedRegistry> {
    const server = createServer().listen(port, "127.0.0.1");
    await once(server, "listening");
    return new ScriptedRegistry(server);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  nextCall(): Promise<ScriptedCall> {
    return this.#calls.next();
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}
