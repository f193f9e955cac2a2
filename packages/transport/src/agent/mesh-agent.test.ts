import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type Agent, createServer, get, type IncomingMessage, type RequestOptions, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Exchange } from "@intramesh/core";
import type { EndpointPools } from "../endpoint-pools.ts";
import { MeshDispatcher } from "../face/dispatcher.ts";
import { directFace } from "../testing/direct-face.ts";
import { bodyOf, startUpstream, type Upstream } from "../testing/upstream.ts";
import { createAgent } from "./mesh-agent.ts";

const storage = new AsyncLocalStorage<string>();
const large = 5_000_000;

describe("agent of node:http", () => {
  let upstream: Upstream;
  let pools: EndpointPools;
  let agent: Agent;
  let seen: { readonly exchange: Exchange; readonly context: string | undefined }[] = [];

  before(async () => {
    upstream = await startUpstream(async (incoming, response) => {
      if (incoming.url === "/never") return;
      if (incoming.url === "/gone") return void incoming.socket.destroy();
      if (incoming.url === "/large")
        return void response.setHeader("content-length", large).end(Buffer.alloc(large, "y"));
      if (incoming.url === "/half") {
        response.write("half");
        setImmediate(() => incoming.socket.destroy());
        return;
      }
      const { method, url, headers } = incoming;
      const body = await bodyOf(incoming);
      response.setHeader("Set-Cookie", ["a=1", "b=2"]);
      response.writeHead(201, "Made up", { "X-Case": "kept" });
      response.end(JSON.stringify({ method, url, headers, body }));
    });
    upstream.server.on("upgrade", (_request, socket, head: Buffer) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
      socket.write(head);
      socket.pipe(socket);
    });
    const direct = directFace((exchange) => seen.push({ exchange, context: storage.getStore() }));
    pools = direct.pools;
    agent = createAgent(new MeshDispatcher(direct.face));
  });

  after(async () => {
    agent.destroy();
    await pools.close();
    await upstream.close();
  });

  function send(path: string, options: RequestOptions = {}, body?: string): Promise<IncomingMessage> {
    seen = [];
    return new Promise((resolve, reject) => {
      request(upstream.url + path, { agent, ...options }, resolve)
        .on("error", reject)
        .end(body);
    });
  }

  it("carries method, path, headers and body there, and status, headers and body back", async () => {
    const response = await send("/a?b=1%202", { method: "PUT", headers: { "X-One": ["1", "2"] } }, "hello");
    assert.deepEqual([response.statusCode, response.statusMessage], [201, "Created"]);
    assert.deepEqual(response.headers["set-cookie"], ["a=1", "b=2"]);
    assert.ok(response.rawHeaders.includes("X-Case"));
    const { method, url, headers, body } = JSON.parse(await bodyOf(response));
    assert.deepEqual([method, url, body, headers["x-one"]], ["PUT", "/a?b=1%202", "hello", "1, 2"]);
    assert.equal(headers.host, new URL(upstream.url).host);
  });

  it("sends a request without a body as one", async () => {
    const { headers } = JSON.parse(await bodyOf(await send("/a")));
    assert.deepEqual([headers["content-length"], headers["transfer-encoding"]], [undefined, undefined]);
  });

  it("routes by the Host header, at the port of the URL", async () => {
    await bodyOf(await send("/a", { headers: { host: "localhost" } }));
    const { exchange } = seen[0]!;
    assert.deepEqual([exchange.authority, exchange.host, exchange.port], ["localhost", "localhost", upstream.port]);
  });

  it("sends in the async context of the caller", async () => {
    await storage.run("of the caller", async () => bodyOf(await send("/a")));
    assert.equal(seen[0]?.context, "of the caller");
  });

  it("waits for 100-continue and streams what follows", async () => {
    const sent = request(`${upstream.url}/a`, { agent, method: "POST", headers: { expect: "100-continue" } });
    sent.flushHeaders();
    await once(sent, "continue");
    sent.write("one ");
    sent.end("two");
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    assert.equal(JSON.parse(await bodyOf(response)).body, "one two");
  });

  it("keeps the whole of a large body for a reader that comes late", async () => {
    const response = await send("/large");
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await bodyOf(response)).length, large);
  });

  it("sends a large body", async () => {
    const response = await send("/a", { method: "POST" }, "x".repeat(large));
    assert.equal(JSON.parse(await bodyOf(response)).body.length, large);
  });

  it("answers HEAD without a body", async () => {
    const response = await send("/large", { method: "HEAD" });
    assert.deepEqual([response.headers["content-length"], await bodyOf(response)], [String(large), ""]);
  });

  it("breaks off what the client destroys", async () => {
    const arrived = once(upstream.server, "request") as Promise<[IncomingMessage]>;
    const sent = get(`${upstream.url}/never`, { agent }).on("error", () => {});
    const [incoming] = await arrived;
    sent.destroy();
    await once(incoming.socket, "close");
  });

  it("aborts by a signal", async () => {
    const controller = new AbortController();
    const pending = send("/never", { signal: controller.signal });
    setImmediate(() => controller.abort());
    await assert.rejects(pending, { name: "AbortError" });
  });

  for (const how of ["the option timeout", "setTimeout"]) {
    it(`emits timeout after ${how}`, async () => {
      const options = how === "setTimeout" ? {} : { timeout: 20 };
      const sent = get(`${upstream.url}/never`, { agent, ...options }).on("error", () => {});
      if (how === "setTimeout") sent.setTimeout(20);
      await once(sent, "timeout");
      sent.destroy();
    });
  }

  it("tells an error before the head as the request's", async () => {
    await assert.rejects(send("/gone"), Error);
  });

  it("tells a response that breaks off", async () => {
    const response = await send("/half");
    await assert.rejects(bodyOf(response), { code: "ECONNRESET" });
  });

  it("upgrades a connection", async () => {
    const headers = { connection: "upgrade", upgrade: "echo" };
    const sent = get(`${upstream.url}/`, { agent, headers });
    const [response, socket] = await once(sent, "upgrade");
    assert.equal(response.statusCode, 101);
    socket.write("ping");
    const [data] = (await once(socket, "data")) as [Buffer];
    assert.equal(data.toString(), "ping");
    socket.destroy();
  });

  it("leaves Unix sockets and requests for a proxy to Node", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "intramesh-agent-"));
    const socketPath = join(folder, "s");
    const local = createServer((_request, response) => response.end("local")).listen(socketPath);
    t.after(() => {
      local.close();
      rmSync(folder, { recursive: true });
    });
    await once(local, "listening");
    assert.equal(await bodyOf(await send("/", { socketPath, agent })), "local");
    const proxied = await send("/", { path: "http://elsewhere/x" });
    assert.equal(JSON.parse(await bodyOf(proxied)).url, "http://elsewhere/x");
    assert.deepEqual(seen, []);
  });
});
