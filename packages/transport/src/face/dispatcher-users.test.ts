import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { after, before, describe, it } from "node:test";
import { errors, interceptors, RetryAgent, request, stream } from "undici";
import type { EndpointPools } from "../endpoint-pools.ts";
import { directFace } from "../testing/direct-face.ts";
import { startUpstream, type Upstream } from "../testing/upstream.ts";
import { MeshDispatcher } from "./dispatcher.ts";
import { createFetch } from "./fetch.ts";

/** The first calls of each path fail, so that who repeats them succeeds. */
describe("users of the mesh's dispatcher", () => {
  let upstream: Upstream;
  let pools: EndpointPools;
  let dispatcher: MeshDispatcher;
  let meshFetch: typeof globalThis.fetch;
  const calls = new Map<string, number>();

  before(async () => {
    upstream = await startUpstream((incoming, response) => {
      const path = incoming.url!;
      const nth = (calls.get(path) ?? 0) + 1;
      calls.set(path, nth);
      incoming.on("error", () => undefined).resume();
      if (path.startsWith("/503") && nth === 1) response.writeHead(503).end();
      else if (path.startsWith("/reset") && nth === 1) incoming.socket.destroy();
      else if (path === "/moved") response.writeHead(302, { location: `${upstream.url}/` }).end();
      else if (path === "/begun") response.write("begun");
      else if (path !== "/silent") incoming.on("end", () => response.end("well"));
    });
    const direct = directFace();
    pools = direct.pools;
    dispatcher = new MeshDispatcher(direct.face);
    meshFetch = createFetch(direct.face);
  });

  after(async () => {
    pools.destroy();
    await pools.close();
    await upstream.close();
  });

  for (const failure of ["503", "reset"]) {
    it(`can be repeated by undici's own retries after ${failure}`, async () => {
      const composed = dispatcher.compose(interceptors.retry({ minTimeout: 1 }));
      const first = await request(`${upstream.url}/${failure}-composed`, { dispatcher: composed });
      assert.equal(await first.body.text(), "well");
      const agent = new RetryAgent(dispatcher, { minTimeout: 1 });
      const second = await request(`${upstream.url}/${failure}-agent`, { dispatcher: agent });
      assert.equal(await second.body.text(), "well");
    });
  }

  it("can follow redirects by undici's own interceptor", async () => {
    const composed = dispatcher.compose(interceptors.redirect({ maxRedirections: 1 }));
    const response = await request(`${upstream.url}/moved`, { dispatcher: composed });
    assert.equal(await response.body.text(), "well");
  });

  it("hear of an error that their handler throws at the end", async () => {
    const heard = new Promise<Error>((resolve) => {
      dispatcher.dispatch(
        { origin: upstream.url, path: "/", method: "GET" },
        {
          onRequestStart: () => undefined,
          onResponseEnd: () => {
            throw new Error("at the end");
          },
          onResponseError: (_controller, error) => resolve(error),
        },
      );
    });
    assert.equal((await heard).message, "at the end");
  });

  it("hear of an error of the stream that they write to", async () => {
    const fails = stream(upstream.url, { dispatcher, method: "GET" }, () => {
      throw new Error("no place for it");
    });
    await assert.rejects(fails, { message: "no place for it" });
  });

  it("have undici's own limits of one call", async () => {
    await assert.rejects(
      request(`${upstream.url}/silent`, { dispatcher, headersTimeout: 20 }),
      errors.HeadersTimeoutError,
    );
    const begun = await request(`${upstream.url}/begun`, { dispatcher, bodyTimeout: 20 });
    await assert.rejects(begun.body.text(), errors.BodyTimeoutError);
    const well = await request(upstream.url, { dispatcher, headersTimeout: 10_000, bodyTimeout: 10_000 });
    assert.equal(await well.body.text(), "well");
  });

  it("hear of an error of their own request body", async () => {
    const broken = new Error("the disk is gone");
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from("some");
      throw broken;
    };
    const sent = request(upstream.url, { dispatcher, method: "POST", body: Readable.from(failing()) });
    await assert.rejects(sent, broken);
    const init = { method: "POST", body: ReadableStream.from(failing()), duplex: "half" } as RequestInit;
    await assert.rejects(meshFetch(upstream.url, init), { name: "TypeError", cause: broken });
  });
});
