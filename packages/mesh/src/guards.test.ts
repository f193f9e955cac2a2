import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { after, describe, it } from "node:test";
import type { Mesh } from "./mesh.ts";
import { createFixture, echo, pushSource, resources, service } from "./testing/mesh-fixture.ts";

const resiliencePolicy = (spec: string): string => `
apiVersion: resilience.intramesh.io/v1alpha1
kind: ResiliencePolicy
metadata: { name: ratings }
spec: { host: ratings, ${spec} }
`;

const destinationRule = (policy: string): string => `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: ratings }
spec: { host: ratings, trafficPolicy: ${policy} }
`;

const noRetries = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec: { hosts: [ratings], http: [{ route: [{ destination: { host: ratings } }], retries: { attempts: 0 } }] }
`;

describe("what guards a call", () => {
  const fixture = createFixture();
  after(() => fixture.end());

  const flags = (response: Response): string | null => response.headers.get("x-intramesh-response-flags");
  const failing: RequestListener = (_request, response) => {
    response.statusCode = 500;
    response.end("broken");
  };

  async function counted(mesh: Mesh, metric: string): Promise<number> {
    const lines = (await mesh.metrics()).split("\n").filter((line) => line.startsWith(`envoy_cluster_${metric}{`));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  /** A listener that holds its answers back until it is told. */
  function held(): { readonly listener: RequestListener; release(): void; readonly waiting: () => number } {
    let open: (() => void)[] = [];
    return {
      listener: (request, response) => {
        if (request.url === "/now") response.end("now");
        else open.push(() => response.end("later"));
      },
      release() {
        for (const answer of open) answer();
        open = [];
      },
      waiting: () => open.length,
    };
  }

  /** Looks again after each turn of the event loop until it holds. */
  async function until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise((resolve) => setImmediate(resolve));
  }

  it("ejects an endpoint after consecutive errors and lets it return", async () => {
    let broken = true;
    let hits = 0;
    const flaky = await fixture.server((request, response) => {
      hits += 1;
      if (broken) failing(request, response as never);
      else response.end("well");
    });
    const healthy = await fixture.server(echo("healthy"));
    const rule = destinationRule(
      "{ outlierDetection: { consecutive5xxErrors: 3, interval: 100ms, baseEjectionTime: 100ms, maxEjectionPercent: 50 } }",
    );
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: [flaky, healthy] }).filter(({ kind }) => kind !== "DestinationRule"),
      ...resources(`${rule}---${noRetries}`),
    ]);
    const ejected: string[] = [];
    const returned = new Promise((resolve) => mesh.on("endpointReturned", resolve));
    mesh.on("endpointEjected", ({ endpoint }) => ejected.push(endpoint));
    while (ejected.length === 0) await (await mesh.fetch("http://ratings/")).text();
    assert.deepEqual([ejected, hits], [[`127.0.0.1:${flaky}`], 3]);
    for (let turn = 0; turn < 10; turn += 1) assert.equal((await mesh.fetch("http://ratings/")).status, 200);
    assert.equal(hits, 3);
    broken = false;
    await returned;
    while (hits === 3) await (await mesh.fetch("http://ratings/")).text();
    assert.equal(await counted(mesh, "outlier_detection_ejections_enforced_total"), 1);
    assert.equal(await counted(mesh, "outlier_detection_ejections_active"), 0);
  });

  it("answers 503 UO with x-envoy-overloaded beyond the ceilings of the connection pool", async () => {
    const upstream = held();
    const rule = destinationRule(
      "{ connectionPool: { tcp: { maxConnections: 2 }, http: { http1MaxPendingRequests: 1 } } }",
    );
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(upstream.listener) }).filter(
        ({ kind }) => kind !== "DestinationRule",
      ),
      ...resources(`${rule}---${noRetries}`),
    ]);
    const calls = Array.from({ length: 5 }, () => mesh.fetch("http://ratings/"));
    const refused = await Promise.all(calls.slice(3));
    for (const response of refused) {
      assert.deepEqual(
        [response.status, flags(response), response.headers.get("x-envoy-overloaded")],
        [503, "UO", "true"],
      );
    }
    await until(() => upstream.waiting() === 2);
    upstream.release();
    await until(() => upstream.waiting() === 1);
    upstream.release();
    for (const call of calls.slice(0, 3)) assert.equal((await call).status, 200);
    assert.equal(await counted(mesh, "upstream_rq_pending_overflow"), 2);
  });

  it("opens a breaker at the error threshold, and closes it after a good probe", async () => {
    let broken = true;
    let hits = 0;
    const port = await fixture.server((request, response) => {
      hits += 1;
      if (broken) failing(request, response as never);
      else response.end("well");
    });
    const policy = resiliencePolicy(
      "circuitBreaker: { volumeThreshold: 4, errorThresholdPercentage: 50, resetTimeout: 100ms }",
    );
    const mesh = await fixture.mesh([...service("ratings", { v1: port }), ...resources(`${policy}---${noRetries}`)]);
    const closed = new Promise((resolve) => mesh.on("breakerClosed", resolve));
    for (let turn = 0; turn < 4; turn += 1) assert.equal((await mesh.fetch("http://ratings/")).status, 500);
    const refused = await mesh.fetch("http://ratings/");
    assert.deepEqual([refused.status, flags(refused), hits], [503, "UO", 4]);
    broken = false;
    let status = 503;
    while (status !== 200) {
      await new Promise((resolve) => setImmediate(resolve));
      status = (await mesh.fetch("http://ratings/")).status;
    }
    await closed;
    assert.equal(hits, 5);
    assert.equal(await counted(mesh, "circuit_breaker_opened"), 1);
  });

  it("keeps a breaker as an operator forces it", async () => {
    const source = pushSource();
    const base = [...service("ratings", { v1: await fixture.server(echo("well")) })];
    source.push([...base, ...resources(resiliencePolicy("circuitBreaker: { force: OPEN }"))]);
    const mesh = await fixture.mesh(source);
    assert.equal(flags(await mesh.fetch("http://ratings/")), "UO");
    source.push(base);
    assert.equal((await mesh.fetch("http://ratings/")).status, 200);
  });

  it("falls back to a static answer, to another service, and to the program's function", async () => {
    const base = [
      ...service("ratings", { v1: await fixture.server(failing) }),
      ...service("spare", { v1: await fixture.server((_request, response) => response.end("spare")) }),
      ...resources(noRetries),
    ];
    const respond = resiliencePolicy(
      "fallback: { respond: { status: 200, body: '{}', headers: { content-type: application/json } } }",
    );
    const fixed = await (await fixture.mesh([...base, ...resources(respond)])).fetch("http://ratings/");
    assert.deepEqual(
      [fixed.status, fixed.headers.get("content-type"), await fixed.text()],
      [200, "application/json", "{}"],
    );
    const elsewhere = resiliencePolicy("fallback: { destination: { host: spare } }");
    assert.equal(
      await (await (await fixture.mesh([...base, ...resources(elsewhere)])).fetch("http://ratings/")).text(),
      "spare",
    );
    const mesh = await fixture.mesh(base);
    mesh.service("ratings", { fallback: ({ status, url }) => new Response(`instead of ${status} from ${url}`) });
    assert.equal(await (await mesh.fetch("http://ratings/x")).text(), "instead of 500 from http://ratings/x");
  });

  it("refuses beyond a bulkhead and lets the queue in when a place is free", async () => {
    const upstream = held();
    const policy = resiliencePolicy("bulkhead: { maxConcurrent: 1, maxQueue: 1 }");
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(upstream.listener) }),
      ...resources(policy),
    ]);
    const calls = Array.from({ length: 3 }, () => mesh.fetch("http://ratings/"));
    assert.deepEqual([(await calls[2]!).status, flags(await calls[2]!)], [503, "UO"]);
    for (const call of calls.slice(0, 2)) {
      await until(() => upstream.waiting() === 1);
      upstream.release();
      assert.equal((await call).status, 200);
    }
    assert.equal(await counted(mesh, "bulkhead_rejected"), 1);
  });

  it("leaves no place taken by callers that give up, however many", async () => {
    const upstream = held();
    const policy = resiliencePolicy("bulkhead: { maxConcurrent: 5, maxQueue: 5 }");
    const rule = destinationRule("{ connectionPool: { http: { http2MaxRequests: 5 } } }");
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(upstream.listener) }).filter(
        ({ kind }) => kind !== "DestinationRule",
      ),
      ...resources(`${policy}---${rule}`),
    ]);
    for (let round = 0; round < 50; round += 1) {
      const controller = new AbortController();
      const calls = Array.from({ length: 10 }, () => mesh.fetch("http://ratings/", { signal: controller.signal }));
      setImmediate(() => controller.abort());
      for (const result of await Promise.allSettled(calls)) assert.equal(result.status, "rejected");
    }
    const after = await Promise.all(Array.from({ length: 5 }, () => mesh.fetch("http://ratings/now")));
    for (const response of after) assert.equal(await response.text(), "now");
    assert.equal(await counted(mesh, "upstream_rq_active"), 0);
  });

  it("limits the rate of calls with 429 RL", async () => {
    const policy = resiliencePolicy("rateLimit: { requests: 2, interval: 3600s }");
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(echo("well")) }),
      ...resources(policy),
    ]);
    const statuses = [];
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await mesh.fetch("http://ratings/")).status);
    assert.deepEqual(statuses, [200, 200, 429, 429]);
    const refused = await mesh.fetch("http://ratings/");
    assert.deepEqual([flags(refused), refused.headers.get("x-envoy-ratelimited")], ["RL", "true"]);
  });

  it("shares one upstream call among identical requests", async () => {
    const upstream = held();
    let calls = 0;
    const port = await fixture.server((request, response) => {
      calls += 1;
      upstream.listener(request, response as never);
    });
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: port }),
      ...resources(resiliencePolicy("collapse: { methods: [GET] }")),
    ]);
    const same = Array.from({ length: 5 }, () => mesh.fetch("http://ratings/same"));
    const other = mesh.fetch("http://ratings/other");
    await until(() => upstream.waiting() === 2);
    upstream.release();
    for (const response of await Promise.all([...same, other])) assert.equal(await response.text(), "later");
    assert.equal(calls, 2);
    assert.equal(await counted(mesh, "upstream_rq_collapsed"), 4);
  });

  it("hedges a slow try on another endpoint", async () => {
    const never = await fixture.server(() => undefined);
    const quick = await fixture.server(echo("quick"));
    const policy = resiliencePolicy("hedging: { delay: 20ms, maxHedges: 1 }");
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: [never, quick] }),
      ...resources(`${policy}---${noRetries}`),
    ]);
    for (let turn = 0; turn < 10; turn += 1) {
      const response = await mesh.fetch("http://ratings/");
      assert.equal(((await response.json()) as { name: string }).name, "quick");
    }
    assert.ok((await counted(mesh, "upstream_rq_hedged")) > 0);
    assert.equal(await counted(mesh, "upstream_rq_active"), 0);
  });

  it("ends every try of a hedged call that its caller gives up", async () => {
    const never = await fixture.server(() => undefined);
    const policy = resiliencePolicy("hedging: { delay: 5ms, maxHedges: 1 }");
    const mesh = await fixture.mesh([...service("ratings", { v1: [never, never] }), ...resources(policy)]);
    await assert.rejects(mesh.fetch("http://ratings/", { signal: AbortSignal.timeout(50) }), { name: "TimeoutError" });
    assert.equal(await counted(mesh, "upstream_rq_active"), 0);
  });

  it("refuses beyond the adaptive limit", async () => {
    const upstream = held();
    const policy = resiliencePolicy("adaptiveConcurrency: { initial: 2, max: 10 }");
    const mesh = await fixture.mesh([
      ...service("ratings", { v1: await fixture.server(upstream.listener) }),
      ...resources(policy),
    ]);
    const calls = Array.from({ length: 3 }, () => mesh.fetch("http://ratings/"));
    assert.equal(flags(await calls[2]!), "UO");
    await until(() => upstream.waiting() === 2);
    upstream.release();
    for (const call of calls.slice(0, 2)) assert.equal((await call).status, 200);
  });

  it("keeps retries within a budget", async () => {
    const policy = resiliencePolicy("retryBudget: { percent: 20, minRetriesPerSecond: 0, ttl: 10s }");
    const always = `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: ratings }
spec: { hosts: [ratings], http: [{ route: [{ destination: { host: ratings } }], retries: { attempts: 5, retryOn: 5xx, backoff: 1ms } }] }
`;
    let hits = 0;
    const port = await fixture.server((request, response) => {
      hits += 1;
      failing(request, response as never);
    });
    const mesh = await fixture.mesh([...service("ratings", { v1: port }), ...resources(`${policy}---${always}`)]);
    for (let turn = 0; turn < 50; turn += 1) await (await mesh.fetch("http://ratings/")).text();
    assert.ok(hits >= 55 && hits <= 60, `${hits} attempts for 50 requests`);
    assert.ok((await counted(mesh, "upstream_rq_retry_overflow")) > 0);
  });

  it("takes over what changes of a policy while it runs", async () => {
    const source = pushSource();
    const base = [...service("ratings", { v1: await fixture.server(echo("well")) }), ...resources(noRetries)];
    source.push(base);
    const mesh = await fixture.mesh(source);
    assert.equal((await mesh.fetch("http://ratings/")).status, 200);
    source.push([...base, ...resources(resiliencePolicy("rateLimit: { requests: 1, interval: 3600s }"))]);
    assert.deepEqual(
      [(await mesh.fetch("http://ratings/")).status, (await mesh.fetch("http://ratings/")).status],
      [200, 429],
    );
    source.push(base);
    assert.equal((await mesh.fetch("http://ratings/")).status, 200);
  });
});
