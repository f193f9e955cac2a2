import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import {
  Agent,
  type ClientRequest,
  createServer,
  type IncomingMessage,
  type RequestOptions,
  type Server,
} from "node:http";
import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import { answerRequest, answerUpgrade } from "./answer-request.ts";
import { PairedSocket } from "./paired-socket.ts";

/** Where the requests of one connection go, and the async context that they were made in. */
interface Caller {
  /** `http://reviews:9080` */
  readonly origin: string;
  readonly run: (task: () => void) => void;
}

/** What `node:http` calls for each request. Its types leave it out; libraries have overridden it since there are agents. */
interface RequestAgent {
  addRequest(request: ClientRequest, options: RequestOptions): void;
}

/**
 * A dispatcher as an agent of `node:http`: `http.get(url, { agent })`, and whatever stands on it. Each request is read by a
 * server of `node:http` at the other end of a connection inside the process, so that headers, bodies, timeouts, aborts,
 * `100-continue` and upgrades mean what they always do. Unix sockets, CONNECT and requests that are meant for a proxy go
 * out by an agent of Node's own.
 */
export function createAgent(dispatcher: Dispatcher): Agent {
  const direct = new Agent({ keepAlive: true, timeout: 5_000 });
  const callers = new WeakMap<object, Caller>();
  const server = createBridge();

  function withCaller(socket: object, task: (origin: string) => void): void {
    const { origin, run } = callers.get(socket)!;
    run(() => task(origin));
  }

  server.on("request", (request, response) =>
    withCaller(request.socket, (origin) => answerRequest(dispatcher, origin, request, response)),
  );
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) =>
    withCaller(socket, (origin) => answerUpgrade(dispatcher, origin, request, socket, head)),
  );

  function addRequest(request: ClientRequest, options: RequestOptions): void {
    if (isDirect(request, options)) {
      (direct as unknown as RequestAgent).addRequest(request, options);
      return;
    }
    const [near, far] = PairedSocket.pair();
    callers.set(far, { origin: originOf(options), run: AsyncLocalStorage.snapshot() });
    // Both take any Duplex.
    server.emit("connection", far);
    if (options.timeout !== undefined) near.setTimeout(options.timeout);
    request.onSocket(near as unknown as Socket);
  }

  const agent = Object.assign(new Agent(), { addRequest });
  const destroy = agent.destroy.bind(agent);
  agent.destroy = () => {
    direct.destroy();
    destroy();
  };
  return agent;
}

/** A server that never listens: connections are handed to it. */
function createBridge(): Server {
  // What this process itself sends has no limit: its callee has one.
  const server = createServer({ maxHeaderSize: 16 * 1024 * 1024 });
  // `intramesh/register` looks at the events of all servers: this one's requests are not inbound.
  server.emit = EventEmitter.prototype.emit as Server["emit"];
  return server;
}

function isDirect(request: ClientRequest, { socketPath }: RequestOptions): boolean {
  const isProxied = !request.path.startsWith("/") && request.path !== "*";
  return (socketPath !== undefined && socketPath !== null) || request.method === "CONNECT" || isProxied;
}

function originOf({ host, port }: RequestOptions): string {
  const name = host ?? "localhost";
  return `http://${name.includes(":") ? `[${name}]` : name}:${port ?? 80}`;
}
