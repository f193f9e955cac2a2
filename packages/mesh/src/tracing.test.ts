import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { context, SpanKind, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { createFixture, type Echo, echo, service } from "./testing/mesh-fixture.ts";

describe("spans, with an OpenTelemetry SDK registered", () => {
  const fixture = createFixture();
  const exporter = new InMemorySpanExporter();
  let url: string;

  before(async () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    const backend = await fixture.server(echo("backend"));
    const mesh = await fixture.mesh(service("backend", { v1: backend }), { service: { name: "frontend" } });
    const server = createServer(
      mesh.listener(async (_request, response) => {
        response.end(await (await mesh.fetch("http://backend/")).text());
      }),
    );
    fixture.onServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  after(async () => {
    await fixture.end();
    trace.disable();
    context.disable();
  });

  async function call(
    headers: Readonly<Record<string, string>>,
  ): Promise<{ seen: Echo; client: ReadableSpan; server: ReadableSpan }> {
    exporter.reset();
    const seen = (await (await fetch(url, { headers })).json()) as Echo;
    const spans = exporter.getFinishedSpans();
    const [client, server] = [SpanKind.CLIENT, SpanKind.SERVER].map((kind) => spans.find((span) => span.kind === kind));
    assert.ok(client !== undefined && server !== undefined, `a client and a server span among ${spans.length}`);
    return { seen, client, server };
  }

  it("makes a server span for the inbound and a client span for the outbound request, parent and child", async () => {
    const { seen, client, server } = await call({});
    assert.equal(client.parentSpanContext?.spanId, server.spanContext().spanId);
    assert.equal(client.name, "backend.default.svc.cluster.local:80/*");
    assert.equal(client.attributes["server.address"], "backend.default.svc.cluster.local");
    assert.equal(client.attributes["http.response.status_code"], 200);
    const { traceId, spanId } = client.spanContext();
    assert.equal(seen.headers["traceparent"], `00-${traceId}-${spanId}-01`);
  });

  it("continues the caller's W3C trace", async () => {
    const { server } = await call({ traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" });
    assert.equal(server.spanContext().traceId, "0af7651916cd43dd8448eb211c80319c");
    assert.equal(server.parentSpanContext?.spanId, "b7ad6b7169203331");
  });

  it("continues a B3 trace and answers in the same form", async () => {
    const { seen, client, server } = await call({
      "x-b3-traceid": "463ac35c9f6413ad48485a3953bb6124",
      "x-b3-spanid": "a2fb4a1d1a96d312",
      "x-b3-sampled": "1",
    });
    assert.equal(server.parentSpanContext?.spanId, "a2fb4a1d1a96d312");
    assert.equal(seen.headers["x-b3-traceid"], "463ac35c9f6413ad48485a3953bb6124");
    assert.equal(seen.headers["x-b3-spanid"], client.spanContext().spanId);
    const single = await call({ b3: "463ac35c9f6413ad48485a3953bb6124-a2fb4a1d1a96d312-1" });
    assert.equal(single.seen.headers["b3"], `463ac35c9f6413ad48485a3953bb6124-${single.client.spanContext().spanId}-1`);
  });
});
