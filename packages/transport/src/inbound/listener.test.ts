import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, get, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { startUpstream, type Upstream } from "../testing/upstream.ts";
import { createInbound, type Inbound } from "./listener.ts";

interface Scene {
  readonly inbound: Inbound;
  readonly upstream: Upstream;
  /** Keeps its connections. */
  readonly agent: Agent;
  get(path: string): Promise<IncomingMessage>;
}

async function start(t: TestContext, handler: RequestListener): Promise<Scene> {
  const inbound = createInbound({ enter: (_request, _response, handle) => void handle() });
  const upstream = await startUpstream(inbound.listener(handler));
  const agent = new Agent({ keepAlive: true });
  t.after(() => {
    agent.destroy();
    upstream.server.closeAllConnections();
    if (upstream.server.listening) upstream.server.close();
  });
  return {
    inbound,
    upstream,
    agent,
    get: (path) =>
      new Promise((resolve, reject) => {
        get(upstream.url + path, { agent }, resolve).on("error", reject);
      }),
  };
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of message) text += String(chunk);
  return text;
}

/** A handler that leaves the response to the test. */
function held(): { readonly handler: RequestListener; arrived(): Promise<ServerResponse> } {
  let resolve: (response: ServerResponse) => void;
  const next = new Promise<ServerResponse>((given) => {
    resolve = given;
  });
  return { handler: (_request, response) => resolve(response), arrived: () => next };
}

async function refused(port: number): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
  return error.code ?? "";
}

test("responses keep their connection until a close is announced, and close it from there on", async (t) => {
  const scene = await start(t, (_request, response) => response.end("ok"));
  const before = await scene.get("/");
  await textOf(before);
  assert.equal(before.headers.connection, "keep-alive");
  scene.inbound.announceClose();
  const after = await scene.get("/");
  assert.equal(await textOf(after), "ok");
  assert.equal(after.headers.connection, "close");
});

test("a request that runs when the close is announced is answered with it", async (t) => {
  const { handler, arrived } = held();
  const scene = await start(t, handler);
  const answer = scene.get("/");
  const response = await arrived();
  scene.inbound.announceClose();
  response.end("ok");
  assert.equal((await answer).headers.connection, "close");
  (await answer).resume();
});

test("draining refuses new connections, closes idle and unused ones, and waits for what runs", async (t) => {
  const { handler, arrived } = held();
  const scene = await start(t, (request, response) => {
    if (request.url === "/slow") handler(request, response);
    else response.end("ok");
  });
  await textOf(await scene.get("/"));
  const [idle] = Object.values(scene.agent.freeSockets)[0] as Socket[];
  const unused = connect(scene.upstream.port, "127.0.0.1");
  await once(unused, "connect");
  const slow = fetch(`${scene.upstream.url}/slow`);
  const response = await arrived();
  let drained = false;
  const drain = scene.inbound.drain().then(() => {
    drained = true;
  });
  await Promise.all([once(idle!, "close"), once(unused.resume(), "close")]);
  assert.equal(await refused(scene.upstream.port), "ECONNREFUSED");
  assert.deepEqual([drained, scene.inbound.active], [false, 1]);
  const closed = once(scene.upstream.server, "close");
  response.end("late");
  assert.equal(await (await slow).text(), "late");
  await drain;
  await closed;
});

test("a connection that was upgraded is not idle", async (t) => {
  const scene = await start(t, (_request, response) => response.end("ok"));
  await textOf(await scene.get("/"));
  scene.upstream.server.on("upgrade", (_request, socket) => {
    socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
    socket.pipe(socket);
  });
  const socket = connect(scene.upstream.port, "127.0.0.1");
  t.after(() => socket.destroy());
  socket.write("GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
  const [head] = (await once(socket, "data")) as [Buffer];
  assert.match(head.toString(), /^HTTP\/1\.1 101 /);
  await scene.inbound.drain();
  socket.write("still here");
  const [answer] = (await once(socket, "data")) as [Buffer];
  assert.equal(answer.toString(), "still here");
});

test("a response that a slow reader has not taken yet arrives whole", async (t) => {
  const size = 20_000_000;
  const { handler, arrived } = held();
  const scene = await start(t, handler);
  const socket = connect(scene.upstream.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nhost: slow\r\n\r\n");
  const response = await arrived();
  response.flushHeaders();
  response.end(Buffer.alloc(size));
  const drain = scene.inbound.drain();
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await Promise.all([once(socket, "close"), drain]);
  assert.ok(bytes > size, `${bytes} bytes arrived`);
});

test("an event stream is ended as such, anything else is cut", async (t) => {
  const responses: ServerResponse[] = [];
  const scene = await start(t, (request, response) => {
    const type = request.url === "/events" ? "text/event-stream" : "text/plain";
    response.writeHead(200, { "content-type": type });
    response.write("begun");
    responses.push(response);
  });
  const events = await fetch(`${scene.upstream.url}/events`, { headers: { accept: "text/event-stream" } });
  const plain = await fetch(`${scene.upstream.url}/plain`);
  const drain = scene.inbound.drain();
  scene.inbound.endEventStreams();
  // Its writer has not noticed.
  responses[0]!.write("more");
  assert.equal(await events.text(), "begun");
  scene.inbound.cut();
  await assert.rejects(plain.text());
  await drain;
});
