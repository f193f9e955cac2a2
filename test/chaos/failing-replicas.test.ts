import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { eventually } from "../support/eventually.ts";
import { failuresOf, startLoad, timedCall } from "./testbed/load.ts";
import { destinationRule, resiliencePolicy, virtualService } from "./testbed/resources.ts";
import { settled } from "./testbed/settled.ts";
import { createTestbed } from "./testbed/testbed.ts";

const percentOf = (part: number, whole: number): number => (part * 100) / whole;

describe("replicas that answer badly", () => {
  const bed = createTestbed();
  after(() => bed.end());

  for (const loadBalancer of ["LEAST_REQUEST", "PEAK_EWMA"] as const) {
    it(`row 36: a replica a second slower than the others gets less than 5 % under ${loadBalancer}`, async (t) => {
      // Envoy draws two candidates with replacement: one of n is drawn against itself by 1 in n² requests, however slow.
      const replicas = await bed.replicas(8);
      const slow = await bed.proxy(replicas[0]!.port);
      const yaml = loadBalancer === "PEAK_EWMA" ? resiliencePolicy("loadBalancer: peakEwma") : "";
      const mesh = await bed.mesh([slow.port, ...replicas.slice(1).map(({ port }) => port)], yaml);
      await Promise.all(Array.from({ length: 30 }, () => timedCall(mesh.fetch, "http://reviews/")));
      slow.delayMs = 1_000;
      const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 150 });
      await load.more(300);
      const calls = await load.stop();
      assert.deepEqual(failuresOf(calls), []);
      const share = percentOf(calls.filter(({ replica }) => replica === "v1").length, calls.length);
      assert.ok(share < 5, `it got ${share.toFixed(1)} %`);
      await settled(mesh);
      t.diagnostic(`${loadBalancer}: ${share.toFixed(1)} % of ${calls.length} requests`);
    });
  }

  it("row 37: 100 % 503: ejected within 1 s, back when healed, and longer out each time", async (t) => {
    const baseMs = 300;
    // Longer than it takes to fail again: who stays well for an interval forgets one ejection.
    const intervalMs = 500;
    const replicas = await bed.replicas(3);
    const mesh = await bed.mesh(
      replicas.map(({ port }) => port),
      destinationRule(
        `outlierDetection: { consecutive5xxErrors: 5, interval: ${intervalMs}ms, baseEjectionTime: ${baseMs}ms, maxEjectionPercent: 50 }`,
      ),
    );
    const ejectedAt: number[] = [];
    const returnedAt: number[] = [];
    mesh.on("endpointEjected", () => ejectedAt.push(performance.now()));
    mesh.on("endpointReturned", () => returnedAt.push(performance.now()));
    const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 150 });
    await replicas[0]!.behave({ kind: "answer", status: 503 });
    const firstMs = await eventually("it is ejected", 1_000, () => ejectedAt.length === 1);
    await eventually("it is ejected again", 2_500, () => ejectedAt.length === 2);
    await replicas[0]!.behave({ kind: "answer" });
    await eventually("it is back", 2_000, () => returnedAt.length === 2);
    await replicas[0]!.forget();
    await eventually("it gets requests", 1_000, async () => (await replicas[0]!.seen()).requests.length > 0);
    const calls = await load.stop();
    const outMs = returnedAt.map((at, nth) => at - ejectedAt[nth]!);
    for (const [nth, ms] of outMs.entries()) {
      const leastMs = baseMs * (nth + 1);
      assert.ok(ms >= leastMs - 5 && ms <= leastMs + intervalMs + 250, `ejection ${nth + 1} lasted ${ms} ms`);
    }
    // Five for each ejection, and what was on its way at that moment.
    assert.ok(failuresOf(calls).length >= 10 && failuresOf(calls).length <= 20, `${failuresOf(calls).length} failed`);
    assert.equal(ejectedAt.length, 2);
    await settled(mesh);
    const lasted = outMs.map((ms) => ms.toFixed(0)).join(" and ");
    t.diagnostic(
      `ejected after ${firstMs.toFixed(0)} ms, out for ${lasted} ms of base ${baseMs}, ${failuresOf(calls).length} failed`,
    );
  });

  it("row 38: all replicas answer 503: half may be ejected, the load stays spread, retries keep to the budget", async (t) => {
    const replicas = await bed.replicas(4);
    for (const replica of replicas) await replica.behave({ kind: "answer", status: 503 });
    const mesh = await bed.mesh(
      replicas.map(({ port }) => port),
      virtualService("retries: { attempts: 3, retryOn: 5xx, backoff: 1ms }") +
        destinationRule(
          "outlierDetection: { consecutive5xxErrors: 5, baseEjectionTime: 60s, maxEjectionPercent: 50, minHealthPercent: 60 }",
        ) +
        resiliencePolicy("retryBudget: { percent: 20, minRetriesPerSecond: 10, ttl: 1s }"),
    );
    let ejected = 0;
    mesh.on("endpointEjected", () => {
      ejected += 1;
    });
    const startedAt = performance.now();
    const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 150 });
    await load.more(450);
    const calls = await load.stop();
    const seconds = (performance.now() - startedAt) / 1_000;
    assert.ok(calls.every(({ status }) => status === 503));
    assert.equal(ejected, 2);
    const seen = await Promise.all(replicas.map(async (replica) => (await replica.seen()).requests.length));
    const attempts = seen.reduce((sum, each) => sum + each, 0);
    // The budget's window holds the free retries of a second when the load begins.
    const most = calls.length * 1.2 + 10 * (seconds + 1);
    assert.ok(attempts <= most, `${attempts} attempts for ${calls.length} requests`);
    assert.ok(attempts > calls.length, "nothing was retried");
    for (const each of seen) assert.ok(percentOf(each, attempts) > 10, `attempts by replica: ${seen.join(" ")}`);
    await settled(mesh);
    t.diagnostic(
      `${attempts} attempts for ${calls.length} requests (at most ${most.toFixed(0)}), by replica ${seen.join(" ")}`,
    );
  });

  it("row 40: 503 with Retry-After is repeated after that time, elsewhere; one beyond the deadline not at all", async (t) => {
    const [shedding, other] = await bed.replicas(2);
    await shedding!.behave({ kind: "answer", status: 503, headers: { "retry-after": "1" } });
    const retries = "retries: { attempts: 1, retryOn: 5xx, backoff: 1ms }";
    const mesh = await bed.mesh(
      [shedding!.port, other!.port],
      virtualService(`match: [{ uri: { prefix: /hurry } }], timeout: 2s, ${retries}`, retries),
    );
    const calls = Array.from({ length: 8 }, (_, at) =>
      timedCall(mesh.fetch, "http://reviews/", { headers: { "x-id": String(at) } }),
    );
    assert.deepEqual(failuresOf(await Promise.all(calls)), []);
    const [sheds, served] = await Promise.all([shedding!.seen(), other!.seen()]);
    assert.ok(sheds.requests.length > 0, "nobody was sent to the replica that sheds");
    const gaps = sheds.requests.map(({ id, atMs }) => served.requests.find((one) => one.id === id)!.atMs - atMs);
    assert.ok(Math.min(...gaps) >= 1_000, `a retry came after ${Math.min(...gaps)} ms`);
    assert.ok(Math.max(...gaps) < 1_700, `a retry came after ${Math.max(...gaps)} ms`);

    for (const replica of [shedding!, other!]) {
      await replica.behave({ kind: "answer", status: 503, headers: { "retry-after": "5" } });
      await replica.forget();
    }
    const hurried = await timedCall(mesh.fetch, "http://reviews/hurry");
    assert.ok(hurried.status === 503 && hurried.tookMs < 200, `${hurried.status} after ${hurried.tookMs} ms`);
    const after = await Promise.all([shedding!.seen(), other!.seen()]);
    assert.equal(after.flatMap(({ requests }) => requests).length, 1);
    await settled(mesh);
    t.diagnostic(
      `asked for 1 s: ${gaps.length} retries after ${Math.min(...gaps)} to ${Math.max(...gaps)} ms; asked for 5 s of 2 s: none`,
    );
  });
});
