import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import type { RequestBody } from "@intramesh/core";
import * as undici8 from "undici";
import * as undici7 from "undici7";
import type { EndpointPools } from "../endpoint-pools.ts";
import { directFace } from "../testing/direct-face.ts";
import { bodyOf, startUpstream, type Upstream } from "../testing/upstream.ts";
import { MeshDispatcher } from "./dispatcher.ts";

type Fetch = (url: string, init?: object) => Promise<Response>;

describe("mesh dispatcher", () => {
  let upstream: Upstream;
  let pools: EndpointPools;
  let dispatcher: MeshDispatcher;

  before(async () => {
    upstream = await startUpstream(async (request, response) => {
      if (request.url === "/never") return;
      if (request.url === "/large") {
        response.end(Buffer.alloc(2_000_000, "y"));
        return;
      }
      const body = await bodyOf(request);
      response.setHeader("x-method", request.method!);
      response.setHeader("x-host", request.headers.host!);
      response.setHeader("x-url", request.url!);
      response.setHeader("set-cookie", ["a=1", "b=2"]);
      response.end(JSON.stringify({ body, header: request.headers["x-test"] ?? null }));
    });
    upstream.server.on("upgrade", (_request, socket) => {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
      socket.pipe(socket);
    });
    const direct = directFace();
    pools = direct.pools;
    dispatcher = new MeshDispatcher(direct.face);
  });

  after(async () => {
    await pools.close();
    await upstream.close();
  });

  for (const [name, undici] of [
    ["undici 8", undici8],
    ["undici 7", undici7],
  ] as const) {
    const request = undici.request as typeof undici8.request;

    it(`serves request of ${name}`, async () => {
      const response = await request(`${upstream.url}/a`, {
        dispatcher,
        method: "POST",
        query: { q: "1 2" },
        headers: { "x-test": "yes" },
        body: "hello",
      });
      assert.equal(response.statusCode, 200);
      assert.equal(response.headers["x-url"], "/a?q=1+2");
      assert.deepEqual(response.headers["set-cookie"], ["a=1", "b=2"]);
      assert.deepEqual(await response.body.json(), { body: "hello", header: "yes" });
    });

    it(`serves request of ${name} with a stream as body`, async () => {
      const response = await request(upstream.url, { dispatcher, method: "PUT", body: Readable.from(["one ", "two"]) });
      assert.deepEqual(await response.body.json(), { body: "one two", header: null });
    });

    it(`serves fetch of ${name}`, async () => {
      const fetch = undici.fetch as unknown as Fetch;
      const response = await fetch(`${upstream.url}/b`, { dispatcher, method: "POST", body: "from fetch" });
      assert.equal(response.status, 200);
      assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
      assert.equal(response.headers.get("x-host"), new URL(upstream.url).host);
      assert.deepEqual(await response.json(), { body: "from fetch", header: null });
    });

    it(`passes the abort of ${name} on`, async () => {
      const controller = new AbortController();
      const pending = request(`${upstream.url}/never`, { dispatcher, signal: controller.signal });
      setImmediate(() => controller.abort());
      await assert.rejects(pending, { name: "AbortError" });
    });

    it(`streams a large body to ${name}`, async () => {
      const response = await request(`${upstream.url}/large`, { dispatcher });
      let bytes = 0;
      for await (const chunk of response.body) bytes += (chunk as Buffer).byteLength;
      assert.equal(bytes, 2_000_000);
    });
  }

  it("serves the fetch that is built into Node", async () => {
    const response = await (fetch as unknown as Fetch)(`${upstream.url}/c`, {
      dispatcher,
      method: "POST",
      body: "built in",
    });
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { body: "built in", header: null });
  });

  it("serves request with undici's own FormData", async () => {
    const form = new undici8.FormData();
    form.append("field", "value");
    const response = await undici8.request(upstream.url, { dispatcher, method: "POST", body: form });
    const { body } = (await response.body.json()) as { body: string };
    assert.match(body, /name="field"\r\n\r\nvalue/);
  });

  it("can send a Blob again, whatever its size", async () => {
    const bodies: RequestBody[] = [];
    const direct = directFace(({ body }) => bodies.push(body));
    // undici's types leave Blob out; its dispatchers take it.
    const body = new Blob([Buffer.alloc(2_000_000, "z")]) as unknown as string;
    const meshed = new MeshDispatcher(direct.face);
    const response = await undici8.request(upstream.url, { dispatcher: meshed, method: "POST", body });
    await response.body.dump();
    assert.equal(bodies[0]?.replayable(), true);
    await direct.pools.close();
  });

  it("connects to the host of the URL, whatever the Host header says", async () => {
    const response = await undici8.request(`${upstream.url}/a`, { dispatcher, headers: { host: "nobody.invalid" } });
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers["x-host"], "nobody.invalid");
    await response.body.dump();
  });

  it("upgrades a connection", async () => {
    const { socket } = await dispatcher.upgrade({ path: "/", protocol: "echo", origin: upstream.url } as never);
    socket.write("ping");
    const [data] = (await once(socket, "data")) as [Buffer];
    assert.equal(data.toString(), "ping");
    socket.destroy();
  });

  it("rejects what undici cannot send, as the caller's mistake", async () => {
    await assert.rejects(undici8.request(upstream.url, { dispatcher, headers: { "x bad": "1" } }), {
      code: "UND_ERR_INVALID_ARG",
    });
  });

  it("asks for an origin", async () => {
    await assert.rejects(dispatcher.request({ path: "/", method: "GET" } as never), /needs an origin/);
  });

  it("stands on parts of undici that are all there", () => {
    const require = createRequire(import.meta.url);
    assert.equal(require("undici").Pool, require("undici/lib/dispatcher/pool.js"));
  });
});
