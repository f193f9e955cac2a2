import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, beforeEach, describe, it } from "node:test";
import { HeaderMap, type RequestBody } from "@intramesh/core";
import { attemptEvent, createRequestTracer, spanAttributes } from "@intramesh/telemetry";
import { HttpExchange } from "@intramesh/transport";
import { context, propagation, SpanKind, SpanStatusCode, type TextMapPropagator, trace } from "@opentelemetry/api";
import { createFixture, type Echo, echo, resources, service } from "./testing/mesh-fixture.ts";
import { registerSdk, type SpanFixture, startFrontend } from "./testing/span-fixture.ts";

const ownTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

describe("spans of requests", { timeout: 60_000 }, () => {
  const fixture = createFixture();
  let sdk: SpanFixture;
  before(() => {
    sdk = registerSdk();
  });
  beforeEach(() => sdk.forget());
  after(async () => {
    await fixture.end();
    sdk.unregister();
  });

  it("show each attempt as an event, with its endpoint and how it ended", async () => {
    let calls = 0;
    const flaky = await fixture.server((_request, response) => {
      calls += 1;
      response.statusCode = calls < 3 ? 503 : 200;
      response.end();
    });
    const rules = resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: backend }
spec:
  hosts: [backend]
  http:
    - match: [{ uri: { prefix: /items } }]
      retries: { attempts: 3, retryOn: 5xx, perTryTimeout: 10s }
      route: [{ destination: { host: backend } }]
`);
    const mesh = await fixture.mesh([...service("backend", { v1: flaky }), ...rules]);
    await (await mesh.fetch("http://backend/items/1?sig=secret")).text();
    const span = await sdk.only(SpanKind.CLIENT);
    assert.equal(span.name, "backend.default.svc.cluster.local:80/items*");
    assert.equal(span.attributes["url.full"], "http://backend/items/1?sig=REDACTED");
    assert.equal(span.attributes["http.request.resend_count"], 2);
    assert.equal(span.attributes["peer.service"], "backend");
    assert.equal(span.attributes["network.peer.port"], flaky);
    const events = span.events.map(({ name, attributes = {} }) => [
      name,
      attributes["intramesh.attempt.number"],
      attributes["http.response.status_code"],
      attributes["network.peer.port"],
    ]);
    assert.deepEqual(events, [
      [attemptEvent, 1, 503, flaky],
      [attemptEvent, 2, 503, flaky],
      [attemptEvent, 3, 200, flaky],
    ]);
    const written = new Set(Object.values<string>(spanAttributes));
    for (const name of Object.keys(span.attributes)) assert.ok(written.has(name), name);
  });

  it("say why there was no response, and what the caller got in its place", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server((request) => request.destroy()) }));
    assert.equal((await mesh.fetch("http://backend/", { method: "POST" })).status, 503);
    const span = await sdk.only(SpanKind.CLIENT);
    assert.equal(span.attributes["http.response.status_code"], 503);
    assert.match(String(span.attributes["response_flags"]), /UC/);
    assert.equal(span.attributes["error"], true);
    assert.equal(span.status.code, SpanStatusCode.ERROR);
    assert.equal(span.events[0]?.attributes?.["error.type"], "connection termination");
  });

  it("are no attempt where nobody could be asked", async () => {
    const mesh = await fixture.mesh(service("backend", {}));
    await (await mesh.fetch("http://backend/")).text();
    const span = await sdk.only(SpanKind.CLIENT);
    assert.equal(span.attributes["response_flags"], "UH");
    assert.deepEqual(span.events, []);
  });

  it("of a 404 are an error to OpenTelemetry and none to Istio", async () => {
    const backend = await fixture.server((_request, response) => response.writeHead(404).end());
    const mesh = await fixture.mesh(service("backend", { v1: backend }));
    await (await mesh.fetch("http://backend/")).text();
    const span = await sdk.only(SpanKind.CLIENT);
    assert.deepEqual(
      [span.status.code, span.attributes["error.type"], span.attributes["error"]],
      [SpanStatusCode.ERROR, "404", undefined],
    );
  });

  it("last until the body has been read", async () => {
    let finish = (): void => {};
    const backend = await fixture.server((_request, response) => {
      response.write("some");
      finish = () => response.end();
    });
    const mesh = await fixture.mesh(service("backend", { v1: backend }));
    const response = await mesh.fetch("http://backend/");
    assert.deepEqual(sdk.finished(), []);
    finish();
    await response.text();
    assert.equal((await sdk.only(SpanKind.CLIENT)).attributes["http.response.status_code"], 200);
  });

  it("keep 2,000 interleaved requests apart: each call is a child of its own request", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }));
    const url = await startFrontend(fixture, mesh);
    let next = 0;
    const callers = Array.from({ length: 50 }, async () => {
      while (next < 2_000) {
        const id = (++next).toString(16).padStart(32, "0");
        const headers = { traceparent: `00-${id}-b7ad6b7169203331-01` };
        const seen = (await (await fetch(url, { headers })).json()) as Echo;
        assert.equal(seen.headers["traceparent"]?.slice(3, 35), id);
      }
    });
    await Promise.all(callers);
    const servers = new Map((await sdk.ended(SpanKind.SERVER, 2_000)).map((span) => [span.spanContext().spanId, span]));
    const clients = await sdk.ended(SpanKind.CLIENT, 2_000);
    assert.equal(clients.length, 2_000);
    for (const client of clients) {
      const server = servers.get(client.parentSpanContext!.spanId);
      assert.equal(server?.spanContext().traceId, client.spanContext().traceId);
    }
  });

  it("are children of the program's active span", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }));
    const work = trace.getTracer("program").startSpan("work");
    const response = await context.with(trace.setSpan(context.active(), work), () => mesh.fetch("http://backend/"));
    await response.text();
    work.end();
    assert.equal((await sdk.only(SpanKind.CLIENT)).parentSpanContext?.spanId, work.spanContext().spanId);
  });

  it("go on from trace headers that the program sets itself, and take their place", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }));
    const response = await mesh.fetch("http://backend/", { headers: { traceparent: ownTrace } });
    const { headers } = (await response.json()) as Echo;
    const span = await sdk.only(SpanKind.CLIENT);
    assert.equal(span.parentSpanContext?.spanId, "b7ad6b7169203331");
    assert.equal(headers["traceparent"], ownTrace.replace("b7ad6b7169203331", span.spanContext().spanId));
  });

  it("stay with the request where its handler forwards the inbound headers by hand", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }));
    const url = await startFrontend(fixture, mesh, () =>
      mesh.fetch("http://backend/", { headers: { traceparent: ownTrace } }),
    );
    await (await fetch(url, { headers: { traceparent: ownTrace } })).text();
    assert.equal(
      (await sdk.only(SpanKind.CLIENT)).parentSpanContext?.spanId,
      (await sdk.only(SpanKind.SERVER)).spanContext().spanId,
    );
  });

  it("have no span as parent that was active when the server began to listen", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }));
    const start = trace.getTracer("program").startSpan("start");
    const url = await context.with(trace.setSpan(context.active(), start), () => startFrontend(fixture, mesh));
    await (await fetch(url)).text();
    assert.equal((await sdk.only(SpanKind.SERVER)).parentSpanContext, undefined);
  });

  it("obey a B3 decision against sampling that comes without ids, and hand it on", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }));
    const url = await startFrontend(fixture, mesh);
    const { headers } = (await (await fetch(url, { headers: { b3: "0" } })).json()) as Echo;
    assert.deepEqual(sdk.finished(), []);
    assert.match(headers["b3"]!, /-0$/);
    assert.match(headers["traceparent"]!, /-00$/);
  });

  it("keep a B3 debug trace one", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }));
    const url = await startFrontend(fixture, mesh);
    const sent = {
      "x-b3-traceid": "463ac35c9f6413ad48485a3953bb6124",
      "x-b3-spanid": "a2fb4a1d1a96d312",
      "x-b3-flags": "1",
    };
    const { headers } = (await (await fetch(url, { headers: sent })).json()) as Echo;
    assert.deepEqual([headers["x-b3-flags"], headers["x-b3-sampled"]], ["1", undefined]);
    assert.equal(headers["x-b3-spanid"], (await sdk.only(SpanKind.CLIENT)).spanContext().spanId);
  });

  it("go on with upgrades, which have none of their own", async () => {
    const server = createServer();
    let seen: IncomingHttpHeaders = {};
    server.on("upgrade", (request, socket) => {
      seen = request.headers;
      socket.end("HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n");
    });
    fixture.onServer(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const mesh = await fixture.mesh(service("backend", { v1: port }));
    const url = await startFrontend(fixture, mesh, async () => {
      const options = { origin: "http://backend", path: "/", protocol: "echo" };
      const { socket } = await mesh.dispatcher.upgrade(options as never);
      socket.destroy();
      return new Response("ok");
    });
    await (await fetch(url)).text();
    const { traceId, spanId } = (await sdk.only(SpanKind.SERVER)).spanContext();
    assert.equal(seen["traceparent"], `00-${traceId}-${spanId}-01`);
  });

  it("end for every caller that gives up, whenever it does", async () => {
    const backend = await fixture.server((_request, response) => {
      setImmediate(() => response.write("some"));
      setTimeout(() => response.end(), 5);
    });
    const mesh = await fixture.mesh(service("backend", { v1: backend }));
    const calls = Array.from({ length: 200 }, async (_, at) => {
      const signal = AbortSignal.timeout(at % 12);
      await mesh
        .fetch("http://backend/", { signal })
        .then((response) => response.text())
        .catch(() => undefined);
    });
    await Promise.all(calls);
    assert.equal((await sdk.ended(SpanKind.CLIENT, 200)).length, 200);
  });
});

describe("the seam for sampling", () => {
  let sdk: SpanFixture;
  before(() => {
    sdk = registerSdk();
  });
  beforeEach(() => sdk.forget());
  after(() => sdk.unregister());
  const owner = { nodeId: "a", service: "a", revision: "v1", namespace: "default", meshId: "cluster.local", zone: "" };
  const tracer = createRequestTracer({ owner, random: () => 0, sampling: ({ header }) => header("x-keep") === "1" });
  const facts = { operation: "b:80/*", host: "b", port: 80, service: "b", upstreamCluster: "outbound|80||b" };
  // Nothing is sent.
  const noBody = {} as RequestBody;

  function start(headers: readonly string[]): HttpExchange {
    const target = { scheme: "http", authority: "b", host: "b", port: 80 };
    const exchange = new HttpExchange("GET", target, "/", new HeaderMap([...headers]), noBody, 0);
    const span = tracer.client(facts, exchange, undefined);
    span?.end({
      outcome: { kind: "reset", reason: "overflow", beforeRequest: true, cause: undefined },
      flags: "UO",
      grpcStatus: "",
    });
    return exchange;
  }

  it("leaves traces out that begin here, for everybody further on too", () => {
    const exchange = start([]);
    assert.deepEqual(sdk.finished(), []);
    assert.match(exchange.headers.get("traceparent")!, /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
    assert.equal(exchange.trace, undefined);
  });

  it("leaves the SDK's sampler to decide where it says yes", () => {
    start(["x-keep", "1"]);
    assert.equal(sdk.finished().length, 1);
  });

  it("is not asked where somebody has begun the trace already", () => {
    start(["traceparent", ownTrace]);
    assert.equal(sdk.finished().length, 1);
  });
});

describe("what a Telemetry says of spans", () => {
  const fixture = createFixture();
  let sdk: SpanFixture;
  before(() => {
    sdk = registerSdk();
  });
  beforeEach(() => sdk.forget());
  after(async () => {
    await fixture.end();
    sdk.unregister();
  });

  /** Calls backend under a Telemetry with this `tracing`; returns the headers that it got. */
  async function call(tracing: string, headers: Readonly<Record<string, string>> = {}): Promise<Echo["headers"]> {
    const written = resources(`
apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: all }
spec: { tracing: [${tracing}] }
`);
    const mesh = await fixture.mesh([...service("backend", { v1: await fixture.server(echo("v1")) }), ...written]);
    return ((await (await mesh.fetch("http://backend/", { headers })).json()) as Echo).headers;
  }

  it("keeps the share of traces that it asks for, the same requests everywhere", async () => {
    // The first eight digits of the id, modulo 10,000: 9,999 and 0.
    const id = (digits: string): Record<string, string> => ({
      "x-request-id": `${digits}-0000-4000-8000-000000000000`,
    });
    const left = await call("{ randomSamplingPercentage: 50 }", id("0000270f"));
    assert.match(left["traceparent"]!, /-00$/);
    assert.deepEqual(sdk.finished(), []);
    const kept = await call("{ randomSamplingPercentage: 50 }", id("00000000"));
    assert.match(kept["traceparent"]!, /-01$/);
    assert.equal((await sdk.ended(SpanKind.CLIENT, 1)).length, 1);
  });

  it("makes no spans where it disables them, and passes on what came", async () => {
    const headers = await call("{ disableSpanReporting: true }", { traceparent: ownTrace });
    assert.equal(headers["traceparent"], ownTrace);
    assert.deepEqual(sdk.finished(), []);
  });

  it("puts tags on spans: text, environment and headers", async () => {
    const tags = `customTags: { team: { literal: { value: carts } }, home: { environment: { name: NOBODY_SETS_THIS, defaultValue: none } },
      tenant: { header: { name: X-Tenant } }, absent: { header: { name: x-absent } } }`;
    await call(`{ ${tags}, enableIstioTags: false }`, { "x-tenant": "acme" });
    const { attributes } = await sdk.only(SpanKind.CLIENT);
    assert.deepEqual(
      ["team", "home", "tenant", "absent", "istio.namespace", "component"].map((name) => attributes[name]),
      ["carts", "none", "acme", undefined, undefined, "proxy"],
    );
  });

  it("keeps its context from going out where it says so", async () => {
    const headers = await call("{ disableContextPropagation: true }");
    assert.equal(headers["traceparent"], undefined);
    assert.equal((await sdk.ended(SpanKind.CLIENT, 1)).length, 1);
  });

  it("may speak of one side only", async () => {
    await call("{ match: { mode: SERVER }, disableSpanReporting: true }");
    assert.equal((await sdk.ended(SpanKind.CLIENT, 1)).length, 1);
  });
});

describe("what an SDK's propagator does", () => {
  const fixture = createFixture();
  const baggageKey = "tenant";
  const tenantPropagator: TextMapPropagator = {
    inject(given, carrier, setter) {
      const tenant = propagation.getBaggage(given)?.getEntry(baggageKey)?.value;
      if (tenant !== undefined) setter.set(carrier, "baggage", `${baggageKey}=${tenant}`);
    },
    extract(given, carrier, getter) {
      const [, value] = /tenant=(\w+)/.exec(String(getter.get(carrier, "baggage") ?? "")) ?? [];
      return value === undefined
        ? given
        : propagation.setBaggage(given, propagation.createBaggage({ [baggageKey]: { value } }));
    },
    fields: () => ["baggage"],
  };
  let sdk: SpanFixture;
  before(() => {
    sdk = registerSdk(tenantPropagator);
  });
  after(async () => {
    await fixture.end();
    sdk.unregister();
  });

  it("is done on both sides: the program reads baggage, and what it changes goes on", async () => {
    const mesh = await fixture.mesh(service("backend", { v1: await fixture.server(echo("backend")) }));
    const url = await startFrontend(fixture, mesh, () => {
      const { value } = propagation.getActiveBaggage()!.getEntry(baggageKey)!;
      const changed = propagation.createBaggage({ [baggageKey]: { value: `${value}2` } });
      return context.with(propagation.setBaggage(context.active(), changed), () => mesh.fetch("http://backend/"));
    });
    const { headers } = (await (await fetch(url, { headers: { baggage: "tenant=blue" } })).json()) as Echo;
    assert.equal(headers["baggage"], "tenant=blue2");
  });
});
