import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { after, describe, it } from "node:test";
import type { Resource } from "@intramesh/config";
import type { Mesh } from "./mesh.ts";
import { createFixture, pushSource, resources, service } from "./testing/mesh-fixture.ts";

const policy = (spec: string): string => `
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: ratings }
spec: { host: ratings, ${spec} }
`;

const rule = (trafficPolicy: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ratings }
spec: { host: ratings, trafficPolicy: ${trafficPolicy} }
`;

const route = (fields: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec: { hosts: [ratings], http: [{ route: [{ destination: { host: ratings } }], ${fields} }] }
`;

const noRetries = route("retries: { attempts: 0 }");

function ratings(ports: number | readonly number[], ...documents: readonly string[]): Resource[] {
  const declared = service("ratings", { v1: ports }).filter(({ kind }) => kind !== "DestinationRule");
  return [...declared, ...resources(documents.join("---"))];
}

describe("how guards end", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  const flags = (response: Response): string | null => response.headers.get("x-intramesh-response-flags");

  async function gauge(mesh: Mesh, metric: string): Promise<number> {
    const lines = (await mesh.metrics()).split("\n").filter((line) => line.startsWith(`envoy_cluster_${metric}{`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
  }

  it("a breaker's timeout ends the wait for a place without a call beyond the ceiling", async () => {
    let calls = 0;
    const port = await fixture.server((_request, response) => {
      calls += 1;
      response.write("begun");
    });
    const mesh = await fixture.mesh(
      ratings(
        port,
        policy("circuitBreaker: { timeout: 300ms, volumeThreshold: 1000 }"),
        rule("{ connectionPool: { tcp: { maxConnections: 1 } } }"),
        noRetries,
      ),
    );
    const streaming = await mesh.fetch("http://ratings/");
    assert.equal(streaming.status, 200);
    const waiting = await mesh.fetch("http://ratings/");
    assert.deepEqual([waiting.status, flags(waiting)], [504, "UT"]);
    assert.equal(calls, 1);
    await streaming.body?.cancel();
    await until(async () => (await gauge(mesh, "upstream_rq_active")) === 0);
    assert.equal(await gauge(mesh, "upstream_rq_pending_active"), 0);
  });

  it("a breaker whose probe hangs lets another one through after the reset timeout", async () => {
    let behaviour: "fails" | "hangs" | "works" = "fails";
    const port = await fixture.server((_request, response) => {
      if (behaviour === "fails") response.statusCode = 500;
      if (behaviour !== "hangs") response.end(behaviour);
    });
    const breaker = policy("circuitBreaker: { volumeThreshold: 5, resetTimeout: 60ms }");
    const mesh = await fixture.mesh(ratings(port, breaker, noRetries));
    const ended = new AbortController();
    for (let call = 0; call < 5; call += 1) await mesh.fetch("http://ratings/");
    behaviour = "hangs";
    let isHanging = false;
    await until(async () => {
      const sent = mesh.fetch("http://ratings/", { signal: ended.signal });
      const first = await Promise.race([sent.then(flags), once(ended.signal, "abort"), tick().then(() => "pending")]);
      isHanging = first === "pending";
      sent.catch(() => undefined);
      return isHanging;
    });
    behaviour = "works";
    await until(async () => (await mesh.fetch("http://ratings/")).status === 200);
    ended.abort();

    async function tick(): Promise<void> {
      // A refusal is there within a turn of the event loop, a probe that hangs is not.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    }
  });

  it("a breaker that is forced open says so beyond its reset timeout", async () => {
    const port = await fixture.server((_request, response) => response.end());
    const mesh = await fixture.mesh(ratings(port, policy("circuitBreaker: { force: OPEN, resetTimeout: 1ms }")));
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.equal(flags(await mesh.fetch("http://ratings/")), "UO");
    assert.equal(await gauge(mesh, "circuit_breaker_open"), 1);
  });

  it("a fallback stands for a timeout of the route", async () => {
    const silent = await fixture.server(() => undefined);
    const other = await fixture.server((_request, response) => response.end("second best"));
    const limited = route("timeout: 300ms, retries: { attempts: 0 }");
    const answered = await fixture.mesh(
      ratings(silent, policy("fallback: { respond: { status: 200, body: ready } }"), limited),
    );
    assert.equal(await (await answered.fetch("http://ratings/")).text(), "ready");
    const called = await fixture.mesh(ratings(silent, limited));
    called.service("ratings", { fallback: ({ status }) => new Response(`instead of ${status}`) });
    assert.equal(await (await called.fetch("http://ratings/")).text(), "instead of 504");
    const sent = await fixture.mesh([
      ...ratings(silent, policy("fallback: { destination: { host: other } }"), limited),
      ...service("other", { v1: other }),
    ]);
    assert.equal(await (await sent.fetch("http://ratings/")).text(), "second best");
  });

  it("a fallback destination that hangs ends with the route's timeout, and the failure stands", async () => {
    const silent = await fixture.server(() => undefined);
    const mesh = await fixture.mesh([
      ...ratings(
        silent,
        policy("fallback: { destination: { host: other } }"),
        route("timeout: 30ms, retries: { attempts: 0 }"),
      ),
      ...service("other", { v1: silent }),
    ]);
    const response = await mesh.fetch("http://ratings/");
    assert.deepEqual([response.status, flags(response)], [504, "UT"]);
  });

  it("a caller that leaves does not wait for a fallback function", async () => {
    const port = await fixture.server((_request, response) => response.writeHead(500).end());
    const mesh = await fixture.mesh(ratings(port, noRetries));
    const controller = new AbortController();
    mesh.service("ratings", {
      fallback: () => {
        controller.abort();
        return new Promise<Response>(() => undefined);
      },
    });
    await assert.rejects(mesh.fetch("http://ratings/", { signal: controller.signal }), { name: "AbortError" });
  });

  it("places of fallbacks survive a change of configuration, and each service has its own", async () => {
    const port = await fixture.server((_request, response) => response.writeHead(500).end());
    const source = pushSource();
    const state = (concurrent: number): Resource[] => [
      ...ratings(
        port,
        policy(`fallback: { respond: { status: 200 }, maxConcurrent: 1 }, bulkhead: { maxConcurrent: ${concurrent} }`),
        noRetries,
      ),
      ...service("other", { v1: port }),
    ];
    source.push(state(10));
    const mesh = await fixture.mesh(source);
    const running: (() => void)[] = [];
    const fallback = (): Promise<Response> =>
      new Promise((resolve) => running.push(() => resolve(new Response("in its place"))));
    mesh.service("ratings", { fallback });
    mesh.service("other", { fallback: () => new Response("of the other") });
    const first = mesh.fetch("http://ratings/");
    await until(() => running.length === 1);
    source.push(state(11));
    assert.equal((await mesh.fetch("http://ratings/")).status, 500);
    assert.equal(await (await mesh.fetch("http://other/")).text(), "of the other");
    running.pop()!();
    assert.equal(await (await first).text(), "in its place");
    const second = mesh.fetch("http://ratings/");
    await until(() => running.length === 1);
    running.pop()!();
    assert.equal((await second).status, 200);
  });

  it("a collapsed call gives up when its own caller does", async () => {
    const held: ServerResponse[] = [];
    const port = await fixture.server((_request, response) => held.push(response));
    const mesh = await fixture.mesh(ratings(port, policy("collapse: { methods: [GET] }")));
    const leading = mesh.fetch("http://ratings/");
    await until(() => held.length === 1);
    await assert.rejects(mesh.fetch("http://ratings/", { signal: AbortSignal.timeout(5) }), { name: "TimeoutError" });
    held[0]!.end("late");
    assert.equal(await (await leading).text(), "late");
  });

  it("collapsed calls share no cookie that was set for one of them", async () => {
    const held: ServerResponse[] = [];
    const port = await fixture.server((_request, response) => {
      response.setHeader("set-cookie", `session=${held.push(response)}`);
      if (held.length > 1) response.end();
    });
    const mesh = await fixture.mesh(ratings(port, policy("collapse: { methods: [GET] }")));
    const calls = [1, 2, 3].map(() => mesh.fetch("http://ratings/"));
    await until(() => held.length === 1);
    held[0]!.end();
    const cookies = (await Promise.all(calls)).map(({ headers }) => headers.get("set-cookie"));
    assert.deepEqual(cookies.sort(), ["session=1", "session=2", "session=3"]);
  });

  it("an event stream begins under collapse", async () => {
    const port = await fixture.server((_request, response) => {
      response.setHeader("content-type", "text/event-stream");
      response.write("data: 1\n\n");
    });
    const mesh = await fixture.mesh(ratings(port, policy("collapse: { methods: [GET] }")));
    const response = await mesh.fetch("http://ratings/");
    assert.equal(response.status, 200);
    await response.body?.cancel();
  });

  it("retries under hedging are numbered and marked as retries", async () => {
    const seen: string[] = [];
    const port = await fixture.server(({ headers }, response) => {
      seen.push(`${String(headers["x-envoy-attempt-count"])} ${String(headers["x-intramesh-retry"])}`);
      response.writeHead(503).end();
    });
    const mesh = await fixture.mesh(
      ratings(port, policy("hedging: { delay: 10s }"), route("retries: { attempts: 2, retryOn: 5xx }")),
    );
    await mesh.fetch("http://ratings/");
    assert.deepEqual(seen, ["1 undefined", "2 1", "3 1"]);
  });

  it("an ejected endpoint returns however often others come and go", async () => {
    let isBroken = true;
    const bad = await fixture.server((_request, response) => response.writeHead(isBroken ? 500 : 200).end());
    const good = await fixture.server((_request, response) => response.end());
    const source = pushSource();
    const outliers = rule(
      "{ outlierDetection: { consecutive5xxErrors: 1, interval: 100ms, baseEjectionTime: 1ms, maxEjectionPercent: 100 } }",
    );
    const state = (ports: readonly number[]): Resource[] => ratings(ports, outliers, noRetries);
    source.push(state([bad, good]));
    const mesh = await fixture.mesh(source);
    let ejections = 0;
    let returned = false;
    mesh.on("endpointEjected", () => (ejections += 1));
    mesh.on("endpointReturned", () => (returned = true));
    await until(async () => {
      await mesh.fetch("http://ratings/");
      return ejections === 1;
    });
    isBroken = false;
    const another = await fixture.server((_request, response) => response.end());
    for (let turn = 0; !returned; turn += 1) {
      source.push(state(turn % 2 === 0 ? [bad, good, another] : [bad, good]));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(ejections, 1);
  });

  it("a retry does not wait for the body of the answer that it takes the place of", async () => {
    let calls = 0;
    const port = await fixture.server((_request, response) => {
      calls += 1;
      if (calls === 1) response.writeHead(503).write("no end");
      else response.end("second");
    });
    const mesh = await fixture.mesh(
      ratings(
        port,
        rule("{ connectionPool: { tcp: { maxConnections: 1 } } }"),
        route("timeout: 5s, retries: { attempts: 1, retryOn: 5xx, backoff: 1ms }"),
      ),
    );
    assert.equal(await (await mesh.fetch("http://ratings/")).text(), "second");
  });

  it("connections of an endpoint whose weight changes are counted once, until they close", async () => {
    const port = await fixture.server((_request, response) => response.end());
    const source = pushSource();
    const state = (weight: number): Resource[] =>
      ratings(port, rule("{ connectionPool: { tcp: { maxConnections: 5 }, http: { idleTimeout: 1s } } }")).map(
        (resource) =>
          resource.kind === "WorkloadEntry"
            ? { ...resource, spec: { ...(resource.spec as object), weight } }
            : resource,
      );
    source.push(state(1));
    const mesh = await fixture.mesh(source);
    for (let weight = 2; weight < 5; weight += 1) {
      await (await mesh.fetch("http://ratings/")).text();
      source.push(state(weight));
    }
    await (await mesh.fetch("http://ratings/")).text();
    assert.equal(await gauge(mesh, "upstream_cx_active"), 1);
    await until(async () => (await gauge(mesh, "upstream_cx_active")) === 0);
  });

  it("a program does not steer the mesh by headers of Envoy's", async () => {
    let seen: object = {};
    let calls = 0;
    const port = await fixture.server(({ headers }, response) => {
      seen = headers;
      calls += 1;
      response.writeHead(503).end();
    });
    const mesh = await fixture.mesh(ratings(port));
    const steering = {
      "x-envoy-retry-on": "5xx",
      "x-envoy-max-retries": "3",
      "x-envoy-upstream-rq-timeout-ms": "1",
      "x-envoy-expected-rq-timeout-ms": "1",
    };
    await mesh.fetch("http://ratings/", { headers: steering });
    assert.equal(calls, 1);
    assert.deepEqual(
      Object.keys(seen).filter((name) => name in steering),
      [],
    );
  });

  it("a caller whose own request body breaks ejects nobody", async () => {
    const port = await fixture.server((request) => request.on("error", () => undefined).resume());
    const mesh = await fixture.mesh(
      ratings(port, rule("{ outlierDetection: { consecutive5xxErrors: 1, maxEjectionPercent: 100 } }")),
    );
    let ejections = 0;
    mesh.on("endpointEjected", () => (ejections += 1));
    const body = ReadableStream.from(
      (async function* () {
        yield Buffer.from("some");
        throw new Error("the disk is gone");
      })(),
    );
    const init = { method: "POST", body, duplex: "half" } as RequestInit;
    await assert.rejects(mesh.fetch("http://ratings/", init), { name: "TypeError" });
    assert.equal(ejections, 0);
  });

  it("close sends what waits for a place, and ends what waits for longer than it drains", async () => {
    const held: ServerResponse[] = [];
    const port = await fixture.server((_request, response) => held.push(response));
    const queued = await fixture.mesh(ratings(port, policy("bulkhead: { maxConcurrent: 1, maxQueue: 1 }")));
    const calls = [queued.fetch("http://ratings/"), queued.fetch("http://ratings/")];
    await until(() => held.length === 1);
    const closed = queued.close();
    held[0]!.end("first");
    await until(() => held.length === 2);
    held[1]!.end("second");
    const answers = await Promise.all(calls.map(async (call) => (await call).text()));
    assert.deepEqual(answers, ["first", "second"]);
    await closed;

    const delay = route("fault: { delay: { percentage: { value: 100 }, fixedDelay: 600s } }");
    const delayed = await fixture.mesh(ratings(port, delay), { drainTimeoutMs: 20 });
    const call = delayed.fetch("http://ratings/");
    await new Promise((resolve) => setImmediate(resolve));
    await delayed.close();
    assert.equal(flags(await call), "LR,DI");
  });
});
