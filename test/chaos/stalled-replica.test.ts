import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../support/eventually.ts";
import { failuresOf, percentileMs, startLoad, timedCall } from "./testbed/load.ts";
import { destinationRule, virtualService } from "./testbed/resources.ts";
import { settled } from "./testbed/settled.ts";
import { createTestbed } from "./testbed/testbed.ts";

const perTryMs = 250;
/** After the end of a response, until its connection waits for the next request: nothing tells. */
const idleMs = 50;
const repeatsLateTries = virtualService(
  `retries: { attempts: 2, perTryTimeout: ${perTryMs}ms, retryOn: 'reset,connect-failure', backoff: 1ms }`,
);

describe("a replica that stalls", () => {
  const bed = createTestbed();
  after(() => bed.end());

  it("row 35: SIGSTOP one of 3 replicas: it is ejected, 99.9 % of GETs succeed, p99 is a per-try timeout and 50 ms", async (t) => {
    const replicas = await bed.replicas(3);
    const mesh = await bed.mesh(
      replicas.map(({ port }) => port),
      repeatsLateTries +
        destinationRule("outlierDetection: { consecutive5xxErrors: 5, baseEjectionTime: 60s, maxEjectionPercent: 50 }"),
    );
    const ejections: string[] = [];
    mesh.on("endpointEjected", ({ endpoint }) => ejections.push(endpoint));
    const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 100 });
    await load.more(50);
    replicas[0]!.freeze();
    const ejectedAfterMs = await eventually("it is ejected", 2_000, () => ejections.length > 0);
    await load.more(150);
    const calls = await load.stop();
    assert.deepEqual(ejections, [`127.0.0.1:${replicas[0]!.port}`]);
    const failures = failuresOf(calls);
    assert.ok(failures.length <= calls.length / 1_000, JSON.stringify(failures));
    const p99 = percentileMs(calls, 99);
    assert.ok(p99 < perTryMs + 50, `p99 is ${p99} ms`);
    await settled(mesh);
    t.diagnostic(
      `${calls.length} GETs, ${failures.length} failed, p99 ${p99.toFixed(0)} ms, ejected after ${ejectedAfterMs.toFixed(0)} ms`,
    );
  });

  it("row 42: SYN dropped: connectTimeout, then the next replica; nobody else waits", async (t) => {
    const [unreachable, alive] = await bed.replicas(2, { backlog: 1 });
    const waiting = await fillBacklog(unreachable!);
    const mesh = await bed.mesh(
      [unreachable!.port, alive!.port],
      virtualService("retries: { attempts: 2, backoff: 1ms }") +
        destinationRule(
          "connectionPool: { tcp: { connectTimeout: 300ms } }, outlierDetection: { consecutive5xxErrors: 1, baseEjectionTime: 60s, maxEjectionPercent: 50 }",
        ),
    );
    const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 100, methods: ["GET", "POST"] });
    await load.more(200);
    const calls = await load.stop();
    for (const socket of waiting) socket.destroy();
    assert.deepEqual(failuresOf(calls), []);
    const delayed = calls.filter(({ tookMs }) => tookMs > 250);
    const worst = percentileMs(calls, 100);
    assert.ok(delayed.length > 0, "nobody was sent to the replica that drops");
    assert.ok(
      delayed.every(({ atMs }) => atMs < 550),
      "somebody waited after the first timeout had ejected it",
    );
    assert.ok(worst < 300 + 250, `the slowest took ${worst} ms`);
    const atOnce = calls.filter(({ tookMs }) => tookMs <= 250);
    assert.ok(percentileMs(atOnce, 95) < 50, "requests to the healthy replica were held up");
    await settled(mesh);
    t.diagnostic(
      `${calls.length} requests, 0 failed, ${delayed.length} of the first 300 ms were late, slowest ${worst.toFixed(0)} ms`,
    );
  });

  it("row 43: a half-open keep-alive connection: one per-try timeout, then a new connection", async (t) => {
    const replica = await bed.replica("v1");
    const proxy = await bed.proxy(replica.port);
    const mesh = await bed.mesh([proxy.port], repeatsLateTries);
    assert.equal((await timedCall(mesh.fetch, "http://reviews/")).status, 200);
    await delay(idleMs);
    proxy.forgetFlows();
    const late = await timedCall(mesh.fetch, "http://reviews/");
    assert.equal(late.status, 200);
    assert.ok(late.tookMs >= perTryMs - 5 && late.tookMs < perTryMs + 100, `it took ${late.tookMs} ms`);
    assert.equal(proxy.connections, 2);
    await delay(idleMs);
    const next = await timedCall(mesh.fetch, "http://reviews/");
    assert.ok(next.status === 200 && next.tookMs < 100, "the forgotten connection was used again");
    assert.equal(proxy.connections, 2);
    await settled(mesh);
    t.diagnostic(
      `200 after ${late.tookMs.toFixed(0)} ms on connection 2; the next one after ${next.tookMs.toFixed(1)} ms`,
    );
  });

  it("row 43: many half-open connections to one replica: the first timeout makes the others suspect", async (t) => {
    const replica = await bed.replica("v1");
    await replica.behave({ kind: "answer", delayMs: 50 });
    const proxy = await bed.proxy(replica.port);
    const mesh = await bed.mesh([proxy.port], repeatsLateTries);
    await Promise.all(Array.from({ length: 8 }, () => timedCall(mesh.fetch, "http://reviews/")));
    await delay(idleMs);
    proxy.forgetFlows();
    const late = await timedCall(mesh.fetch, "http://reviews/");
    assert.equal(late.status, 200);
    assert.ok(late.tookMs < perTryMs + 150, `it took ${late.tookMs} ms`);
    const next = await timedCall(mesh.fetch, "http://reviews/");
    assert.ok(next.status === 200 && next.tookMs < 150, `another forgotten connection was used: ${next.tookMs} ms`);
    await settled(mesh);
    t.diagnostic(
      `8 connections forgotten: 200 after ${late.tookMs.toFixed(0)} ms, the next after ${next.tookMs.toFixed(0)} ms`,
    );
  });
});

/** Stops the replica and takes all places of its accept queue: the kernel drops every SYN that follows. */
async function fillBacklog(replica: { readonly port: number; freeze(): void }): Promise<Socket[]> {
  replica.freeze();
  const sockets: Socket[] = [];
  for (;;) {
    const socket = connect(replica.port, "127.0.0.1");
    socket.on("error", () => undefined);
    sockets.push(socket);
    const connected = await Promise.race([once(socket, "connect").then(() => true), delay(200).then(() => false)]);
    if (!connected) return sockets;
  }
}
