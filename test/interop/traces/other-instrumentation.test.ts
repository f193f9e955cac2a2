// Instrumentations patch modules as they are loaded: this one comes first.

import assert from "node:assert/strict";
import http from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";
import { SpanKind } from "@opentelemetry/api";
import { request as undiciRequest } from "undici";
import { finishedSpans, forgetSpans, stopInstrumentation } from "./instrumented-process.ts";
import { type MeshedServers, startMeshedServers } from "./meshed-servers.ts";

describe("beside OpenTelemetry's own instrumentations of http and undici", { timeout: 60_000 }, () => {
  const viaFetch = startMeshedServers();
  const viaUndici = startMeshedServers((mesh) =>
    undiciRequest("http://backend/", { dispatcher: mesh.dispatcher }).then(({ body }) => body.text()),
  );
  let all: readonly MeshedServers[] = [];
  before(async () => {
    all = await Promise.all([viaFetch, viaUndici]);
  });
  beforeEach(() => forgetSpans());
  after(async () => {
    await Promise.all(all.map((servers) => servers.close()));
    await stopInstrumentation();
  });

  for (const [face, servers] of [
    ["fetch", viaFetch],
    ["the dispatcher", viaUndici],
  ] as const) {
    it(`sends one traceparent through ${face}, that of the mesh's client span`, async () => {
      const { url, seen } = await servers;
      seen.length = 0;
      await callTwice(url);
      assert.equal(seen.length, 2);
      const clients = finishedSpans().filter(
        ({ kind, name }) => kind === SpanKind.CLIENT && name.startsWith("backend."),
      );
      assert.equal(clients.length, 2);
      for (const { rawHeaders } of seen) {
        const values = rawHeaders.filter((_, at) => rawHeaders[at - 1]?.toLowerCase() === "traceparent");
        assert.equal(values.length, 1, values.join(" and "));
        assert.ok(clients.some((span) => values[0]!.includes(span.spanContext().spanId)));
      }
    });
  }

  it("makes no second client span of a call, and none whose peer is an address", async () => {
    await callTwice((await viaFetch).url);
    const clients = finishedSpans().filter(({ kind }) => kind === SpanKind.CLIENT);
    // The test's own two calls of node:http, and the mesh's two.
    assert.equal(clients.length, 4, clients.map(({ name }) => name).join(", "));
    const peers = clients
      .map(({ attributes }) => attributes["server.service.name"])
      .filter((peer) => peer !== undefined);
    assert.deepEqual(peers, ["backend", "backend"]);
  });

  it("leaves the server span to the instrumentation that made it, tags it, and calls from inside it", async () => {
    await callTwice((await viaFetch).url);
    const spans = finishedSpans();
    const clients = spans.filter(({ name }) => name.startsWith("backend."));
    for (const client of clients) {
      const parent = spans.find((span) => span.spanContext().spanId === client.parentSpanContext?.spanId);
      assert.equal(parent?.kind, SpanKind.SERVER);
      assert.equal(parent.attributes["istio.canonical_service"], "front");
    }
    // The front's two, and the backend's two, which is no mesh.
    assert.equal(spans.filter(({ kind }) => kind === SpanKind.SERVER).length, 4);
  });
});

/** By Node's http module, whose instrumentation adds a `traceparent`. One after the other: the second reuses the connection. */
async function callTwice(url: string): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) {
    await new Promise<void>((resolve, reject) => {
      http.get(url, (response) => response.resume().once("end", resolve)).once("error", reject);
    });
    await new Promise(setImmediate);
  }
}
