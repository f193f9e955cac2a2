import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createGzip } from "node:zlib";
import type { EndpointPools } from "../endpoint-pools.ts";
import { directFace } from "../testing/direct-face.ts";
import { bodyOf, startUpstream, type Upstream } from "../testing/upstream.ts";
import { createFetch } from "./fetch.ts";

describe("mesh fetch", () => {
  let upstream: Upstream;
  let pools: EndpointPools;
  let meshFetch: typeof fetch;

  before(async () => {
    upstream = await startUpstream(async (request, response) => {
      const url = new URL(request.url!, "http://x");
      switch (url.pathname) {
        case "/json":
          response.setHeader("content-type", "application/json");
          response.setHeader("set-cookie", ["a=1", "b=2"]);
          response.end('{"stars":5}');
          break;
        case "/echo":
          response.setHeader("x-method", request.method!);
          response.setHeader("x-content-type", request.headers["content-type"] ?? "none");
          response.end(await bodyOf(request), "latin1");
          break;
        case "/gzip": {
          response.setHeader("content-encoding", "gzip");
          const gzip = createGzip();
          gzip.pipe(response);
          gzip.end("zipped text");
          break;
        }
        case "/redirect":
          response.writeHead(Number(url.searchParams.get("status")), {
            location: url.searchParams.get("to") ?? "/echo",
          });
          response.end("moved");
          break;
        case "/loop":
          response.writeHead(302, { location: "/loop" });
          response.end();
          break;
        case "/large":
          response.write(Buffer.alloc(3_000_000, "x"));
          response.end("end");
          break;
        case "/broken":
          response.setHeader("content-length", "100");
          response.write("only this");
          setImmediate(() => request.socket.destroy());
          break;
        case "/never":
          break;
        case "/empty":
          response.statusCode = 204;
          response.end();
          break;
        default:
          response.statusCode = 404;
          response.end("nothing here");
      }
    });
    const direct = directFace();
    pools = direct.pools;
    meshFetch = createFetch(direct.face);
  });

  after(async () => {
    await pools.close();
    await upstream.close();
  });

  const get = (path: string, init?: RequestInit): Promise<Response> => meshFetch(upstream.url + path, init);

  it("answers with something that is a Response", async () => {
    const response = await get("/json");
    assert.ok(response instanceof Response);
    assert.equal(response.status, 200);
    assert.equal(response.ok, true);
    assert.equal(response.statusText, "OK");
    assert.equal(response.url, `${upstream.url}/json`);
    assert.equal(response.redirected, false);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.deepEqual(response.headers.getSetCookie(), ["a=1", "b=2"]);
    assert.deepEqual(await response.json(), { stars: 5 });
    assert.equal(response.bodyUsed, true);
    await assert.rejects(response.text(), TypeError);
  });

  it("can be wrapped in a new Response", async () => {
    const response = await get("/json");
    const wrapped = new Response(response.body, response);
    assert.equal(wrapped.status, 200);
    assert.deepEqual(await wrapped.json(), { stars: 5 });
  });

  const bodies: readonly [string, () => NonNullable<RequestInit["body"]>, string, RegExp][] = [
    ["text", () => "häl", Buffer.from("häl").toString("latin1"), /^text\/plain;charset=UTF-8$/],
    ["bytes", () => new Uint8Array([1, 2, 3]), "\x01\x02\x03", /^none$/],
    ["an ArrayBuffer", () => new Uint8Array([65, 66]).buffer as ArrayBuffer, "AB", /^none$/],
    ["a DataView", () => new DataView(new Uint8Array([66, 67, 68]).buffer, 1), "CD", /^none$/],
    [
      "URLSearchParams",
      () => new URLSearchParams({ a: "1", b: "x y" }),
      "a=1&b=x+y",
      /^application\/x-www-form-urlencoded/,
    ],
    ["a Blob", () => new Blob(["blob text"], { type: "text/x-blob" }), "blob text", /^text\/x-blob$/],
    ["a ReadableStream", () => new Blob(["streamed"]).stream(), "streamed", /^none$/],
  ];
  for (const [name, body, expected, contentType] of bodies) {
    it(`sends ${name} as a body`, async () => {
      const response = await get("/echo", { method: "POST", body: body(), duplex: "half" } as RequestInit);
      assert.match(response.headers.get("x-content-type")!, contentType);
      assert.equal(Buffer.from(await response.arrayBuffer()).toString("latin1"), expected);
    });
  }

  it("sends FormData as multipart", async () => {
    const form = new FormData();
    form.append("field", "value");
    form.append("file", new Blob(["content"], { type: "text/plain" }), "name.txt");
    const response = await get("/echo", { method: "POST", body: form });
    assert.match(response.headers.get("x-content-type")!, /^multipart\/form-data; boundary=/);
    const text = await response.text();
    assert.match(text, /name="field"\r\n\r\nvalue/);
    assert.match(text, /filename="name.txt"[\s\S]*content/);
  });

  it("takes a Request and lets init override it", async () => {
    const request = new Request(`${upstream.url}/echo`, { method: "PUT", body: "from request" });
    const response = await meshFetch(request, { method: "POST" });
    assert.equal(response.headers.get("x-method"), "POST");
    assert.equal(await response.text(), "from request");
  });

  it("refuses a body on GET", async () => {
    await assert.rejects(get("/echo", { body: "x" }), {
      name: "TypeError",
      message: /GET\/HEAD method cannot have body/,
    });
  });

  it("undoes a content coding", async () => {
    assert.equal(await (await get("/gzip")).text(), "zipped text");
  });

  it("gives a null body for 204", async () => {
    const response = await get("/empty");
    assert.equal(response.body, null);
    assert.equal(await response.text(), "");
  });

  it("streams a large body with back-pressure", async () => {
    const response = await get("/large");
    let bytes = 0;
    for await (const chunk of response.body!) bytes += chunk.byteLength;
    assert.equal(bytes, 3_000_003);
  });

  it("clones", async () => {
    const response = await get("/json");
    const copy = response.clone();
    assert.ok(copy instanceof Response);
    assert.deepEqual(await copy.json(), { stars: 5 });
    assert.deepEqual(await response.json(), { stars: 5 });
  });

  for (const [status, method, expected] of [
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "PUT", "GET"],
    [307, "POST", "POST"],
    [308, "PUT", "PUT"],
  ] as const) {
    it(`follows ${status} after ${method} with ${expected}`, async () => {
      const response = await get(`/redirect?status=${status}`, { method, body: "kept" });
      assert.equal(response.headers.get("x-method"), expected);
      assert.equal(await response.text(), expected === "GET" ? "" : "kept");
      assert.equal(response.redirected, true);
      assert.equal(response.url, `${upstream.url}/echo`);
    });
  }

  it("hands a redirect over where redirect is manual", async () => {
    const response = await get("/redirect?status=302", { redirect: "manual" });
    assert.equal(response.status, 302);
    assert.equal(response.headers.get("location"), "/echo");
  });

  it("rejects a redirect where redirect is error", async () => {
    await assert.rejects(get("/redirect?status=302", { redirect: "error" }), {
      name: "TypeError",
      message: "fetch failed",
    });
  });

  it("gives up after twenty redirects", async () => {
    await assert.rejects(get("/loop"), { name: "TypeError", message: "fetch failed" });
  });

  it("rejects with the signal's reason before the head", async () => {
    const controller = new AbortController();
    const pending = get("/never", { signal: controller.signal });
    setImmediate(() => controller.abort(new Error("changed my mind")));
    await assert.rejects(pending, /changed my mind/);
  });

  it("rejects at once where the signal was aborted already", async () => {
    await assert.rejects(get("/json", { signal: AbortSignal.abort() }), { name: "AbortError" });
  });

  it("breaks the body off where the signal aborts after the head", async () => {
    const controller = new AbortController();
    const response = await get("/large", { signal: controller.signal });
    controller.abort();
    await assert.rejects(response.text(), { name: "AbortError" });
  });

  it("rejects a body that the upstream broke off", async () => {
    const response = await get("/broken");
    await assert.rejects(response.text(), { name: "TypeError", message: "terminated" });
  });

  it("leaves data: URLs to the fetch of Node", async () => {
    assert.equal(await (await meshFetch("data:text/plain,hello")).text(), "hello");
  });
});
