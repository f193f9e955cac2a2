import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { eventually } from "../support/eventually.ts";
import { counter } from "./testbed/counters.ts";
import { failuresOf, startLoad, timedCall } from "./testbed/load.ts";
import { destinationRule, virtualService } from "./testbed/resources.ts";
import { settled } from "./testbed/settled.ts";
import { createTestbed } from "./testbed/testbed.ts";

/** GETs may be repeated whatever happened; everything else has Istio's default, which repeats what was never sent. */
const repeatsGets = virtualService(
  "match: [{ method: { exact: GET } }], retries: { attempts: 2, retryOn: 'reset,connect-failure', backoff: 1ms }",
  "retries: { attempts: 2, backoff: 1ms }",
);

const ejectsAtOnce = destinationRule(
  "outlierDetection: { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 1, baseEjectionTime: 60s, maxEjectionPercent: 50 }",
);

describe("a replica that dies", () => {
  const bed = createTestbed();
  after(() => bed.end());

  it("row 33: kill -9 one of 3 replicas under load: no GET fails, of the POSTs at most those in flight there", async (t) => {
    const replicas = await bed.replicas(3);
    for (const replica of replicas) await replica.behave({ kind: "answer", delayMs: 20 });
    const mesh = await bed.mesh(
      replicas.map(({ port }) => port),
      repeatsGets + ejectsAtOnce,
    );
    const ejected: number[] = [];
    mesh.on("endpointEjected", () => ejected.push(performance.now()));
    const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 200, methods: ["GET", "POST"] });
    await load.more(100);
    const inFlight = load.running;
    await replicas[0]!.kill();
    await eventually("the dead replica is ejected", 1_000, () => ejected.length === 1);
    // What had been given to its pool before the ejection may still find out by itself.
    await load.more(10);
    const refused = await counter(mesh, "envoy_cluster_upstream_cx_connect_fail");
    await load.more(300);
    const refusedLater = await counter(mesh, "envoy_cluster_upstream_cx_connect_fail");
    const calls = await load.stop();
    const failures = failuresOf(calls);
    assert.deepEqual(
      failures.filter(({ method }) => method === "GET"),
      [],
    );
    assert.ok(failures.length <= inFlight, `${failures.length} POSTs failed, ${inFlight} requests were in flight`);
    assert.ok(failures.every(({ flags }) => flags.startsWith("UC")));
    assert.equal(refusedLater, refused, "it was tried again while it was ejected");
    await settled(mesh);
    t.diagnostic(
      `${calls.length} requests, 0 GETs and ${failures.length} POSTs failed, ${refused} refused connections`,
    );
  });

  for (const framing of ["content-length", "chunked"] as const) {
    it(`row 34: kill -9 in the middle of a ${framing} body: the reader hears of it and nothing is sent again`, async (t) => {
      const replicas = await bed.replicas(2);
      for (const replica of replicas) await replica.behave({ kind: "half-body", bytes: 100_000, framing });
      const mesh = await bed.mesh(
        replicas.map(({ port }) => port),
        virtualService("retries: { attempts: 2, retryOn: '5xx,reset', backoff: 1ms }"),
      );
      const response = await mesh.fetch("http://reviews/");
      assert.equal(response.status, 200);
      const reader = response.body!.getReader();
      let bytes = 0;
      while (bytes < 100_000) bytes += (await reader.read()).value!.byteLength;
      const seen = await Promise.all(replicas.map((replica) => replica.seen()));
      const killedAt = performance.now();
      await replicas[seen[0]!.requests.length > 0 ? 0 : 1]!.kill();
      await assert.rejects(reader.read(), TypeError);
      const tookMs = performance.now() - killedAt;
      assert.equal(
        seen.reduce((sum, { requests }) => sum + requests.length, 0),
        1,
      );
      assert.equal(await counter(mesh, "envoy_cluster_upstream_rq_retry"), 0);
      await settled(mesh);
      t.diagnostic(`error after ${tookMs.toFixed(1)} ms, 1 attempt`);
    });
  }

  it("row 41: RST where a connection is asked for: nothing fails, GET or POST", async (t) => {
    const [dead, alive] = await bed.replicas(2);
    await dead!.kill();
    const mesh = await bed.mesh([dead!.port, alive!.port]);
    const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 200, methods: ["GET", "POST"] });
    await load.more(100);
    const calls = await load.stop();
    assert.deepEqual(failuresOf(calls), []);
    await settled(mesh);
    t.diagnostic(`${calls.length} requests, 0 failed`);
  });

  it("row 41: RST in the middle of a request: GETs are repeated, a POST reaches one replica once", async (t) => {
    const [resetting, alive] = await bed.replicas(2);
    await resetting!.behave({ kind: "reset" });
    const mesh = await bed.mesh([resetting!.port, alive!.port], repeatsGets);
    const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 200, methods: ["GET", "POST"] });
    await load.more(100);
    const calls = await load.stop();
    const failures = failuresOf(calls);
    assert.deepEqual(
      failures.filter(({ method }) => method === "GET"),
      [],
    );
    const seen = await Promise.all([resetting!.seen(), alive!.seen()]);
    const posts = seen.flatMap(({ requests }) => requests.filter(({ method }) => method === "POST"));
    assert.equal(new Set(posts.map(({ id }) => id)).size, posts.length, "a POST was sent twice");
    assert.ok(failures.length > 0 && failures.every(({ flags }) => flags === "UC"));
    await settled(mesh);
    t.diagnostic(`${calls.length} requests, 0 GETs failed, ${failures.length} POSTs answered 503 UC, none sent twice`);
  });

  it("row 41: RST as soon as the connection stands: GETs do not fail", async (t) => {
    const [one, other] = await bed.replicas(2);
    const proxy = await bed.proxy(one!.port);
    proxy.resetNew = true;
    // The replica that resets has nothing in flight: least-request would draw it three times of four, and Envoy stops
    // looking for another one after five draws.
    const takesTurns = destinationRule("loadBalancer: { simple: ROUND_ROBIN }");
    const mesh = await bed.mesh([proxy.port, other!.port], repeatsGets + takesTurns);
    const calls = await Promise.all(Array.from({ length: 50 }, () => timedCall(mesh.fetch, "http://reviews/")));
    assert.deepEqual(failuresOf(calls), []);
    assert.ok(proxy.connections > 0);
    await settled(mesh);
    t.diagnostic(`${calls.length} GETs, 0 failed, ${proxy.connections} connections reset`);
  });
});
