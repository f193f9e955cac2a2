import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import type { EndpointPools } from "../endpoint-pools.ts";
import { directFace } from "../testing/direct-face.ts";
import { bodyOf, startUpstream, type Upstream } from "../testing/upstream.ts";
import { createFetch } from "./fetch.ts";

type Fetch = typeof globalThis.fetch;

const text = "hello world ".repeat(20);

/** Bodies with a content coding, well made and not. */
const coded: Readonly<Record<string, readonly [coding: string, bytes: Uint8Array]>> = {
  gzip: ["gzip", gzipSync(text)],
  "x-gzip": ["x-gzip", gzipSync(text)],
  deflate: ["deflate", deflateSync(text)],
  "deflate without its frame": ["deflate", deflateRawSync(text)],
  br: ["br", brotliCompressSync(text)],
  zstd: ["zstd", zstdCompressSync(text)],
  "two codings": ["gzip, br", brotliCompressSync(gzipSync(text))],
  "an unknown coding": ["rot13", Buffer.from("uryyb")],
  "gzip that was cut short": ["gzip", gzipSync(text).subarray(0, -6)],
  "gzip of nothing": ["gzip", new Uint8Array(0)],
  "what is no gzip": ["gzip", Buffer.from("plain")],
};

/** What a program can tell of an answer. */
async function seen(fetched: Promise<Response>): Promise<object> {
  try {
    const response = await fetched;
    const { status, statusText, ok, redirected, type, url, headers } = response;
    const coding = headers.get("content-encoding");
    const isBodiless = response.body === null;
    return { status, statusText, ok, redirected, type, url, coding, isBodiless, text: await response.text() };
  } catch (error) {
    const { name, cause } = error as Error;
    return { name, hasCause: cause !== undefined };
  }
}

describe("mesh fetch beside the fetch of Node", () => {
  let upstream: Upstream;
  let pools: EndpointPools;
  let meshFetch: Fetch;

  before(async () => {
    upstream = await startUpstream(async (request, response) => {
      const url = new URL(request.url!, "http://x");
      const body = await bodyOf(request);
      if (url.pathname === "/coded") {
        const [coding, bytes] = coded[url.searchParams.get("as")!]!;
        response.setHeader("content-encoding", coding);
        response.end(bytes);
      } else if (url.pathname === "/redirect") {
        response.writeHead(302, { location: url.searchParams.get("to")! }).end();
      } else if (url.pathname === "/length") {
        response.end(`${request.method} ${String(request.headers["content-length"] !== undefined)} ${body.length > 0}`);
      } else {
        response.writeHead(Number(url.searchParams.get("status") ?? 200), "Their Words").end();
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

  /** Both are asked; what they show is the same. */
  async function same(ask: (fetch: Fetch) => Promise<Response>): Promise<object> {
    const [expected, actual] = await Promise.all([seen(ask(globalThis.fetch)), seen(ask(meshFetch))]);
    assert.deepEqual(actual, expected);
    return actual;
  }

  for (const name of Object.keys(coded)) {
    it(`reads ${name}`, async () => {
      await same((fetch) => fetch(`${upstream.url}/coded?as=${encodeURIComponent(name)}`));
    });
  }

  it("answers HEAD with no body, whatever coding the headers name", async () => {
    await same((fetch) => fetch(`${upstream.url}/coded?as=gzip`, { method: "HEAD" }));
  });

  for (const status of [200, 204, 205, 304, 404, 503]) {
    it(`shows ${status} with the upstream's reason phrase`, async () => {
      await same((fetch) => fetch(`${upstream.url}/?status=${status}`));
    });
  }

  it("leaves the fragment out of the URL, redirected or not", async () => {
    await same((fetch) => fetch(`${upstream.url}/#part`));
    await same((fetch) => fetch(`${upstream.url}/redirect?to=${encodeURIComponent("/#part")}`));
  });

  it("rejects a redirect to a URL with credentials", async () => {
    const to = encodeURIComponent(`${upstream.url.replace("//", "//user:secret@")}/`);
    await same((fetch) => fetch(`${upstream.url}/redirect?to=${to}`));
  });

  it("says how long a form or a Blob is", async () => {
    const form = new FormData();
    form.append("file", new Blob(["content"]), "name");
    await same((fetch) => fetch(`${upstream.url}/length`, { method: "POST", body: form }));
    await same((fetch) => fetch(`${upstream.url}/length`, { method: "POST", body: new Blob(["content"]) }));
  });

  for (const method of ["CONNECT", "trace", "TRACK", "no token", ""]) {
    it(`rejects the method "${method}"`, async () => {
      assert.deepEqual(
        (await seen(meshFetch(upstream.url, { method }))) as { name: string },
        await seen(globalThis.fetch(upstream.url, { method })),
      );
    });
  }

  it("checks what integrity says", async () => {
    const digest = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
    const abc = `${upstream.url}/?status=200`;
    await same((fetch) => fetch(abc, { integrity: digest }));
    await same((fetch) => fetch(new Request(abc, { integrity: digest })));
  });

  it("takes a signal away where it is null, and whatever has a text for a URL", async () => {
    const request = new Request(upstream.url, { signal: AbortSignal.abort() });
    await same((fetch) => fetch(request, { signal: null }));
    await same((fetch) => fetch({ toString: () => upstream.url } as unknown as string));
  });

  it("reads an answer without a body any number of times", async () => {
    const response = await meshFetch(`${upstream.url}/?status=204`);
    assert.deepEqual([await response.text(), await response.text(), response.bodyUsed], ["", "", false]);
    assert.equal(response.clone().body, null);
  });
});
