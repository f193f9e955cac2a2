import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import { createRegistry } from "@intramesh/registry";
import { FakeClock, pushSource } from "@intramesh/testing";
import { createMesh, files, type Mesh } from "intramesh";
import { listen, startReviews } from "./mesh-of-echoes.ts";

/** The program under test: it takes what it calls with. */
async function stars(fetch: Mesh["fetch"], book: number): Promise<number> {
  const response = await fetch(`http://reviews:9080/reviews/${book}`);
  return response.ok ? ((await response.json()) as { readonly stars: number }).stars : 0;
}

test("a book without reviews has no stars", async () => {
  const fetch = async (): Promise<Response> => new Response("no healthy upstream", { status: 503 });
  assert.equal(await stars(fetch, 7), 0);
});

test("jason is sent to v2, everybody else to v1", async (t) => {
  const mesh = await createMesh({ service: { name: "test" }, sources: [files(await startReviews(t))] });
  t.after(() => mesh.close());
  await mesh.ready();
  const subsetFor = (user: string): string | null =>
    mesh.explain("http://reviews:9080/", { headers: { "end-user": user } }).destinations[0]!.subset;
  assert.deepEqual([subsetFor("jason"), subsetFor("lisa")], ["v2", "v1"]);
});

test("reviews has no stars while nothing listens there, and is unknown once it is taken away", async (t) => {
  const source = pushSource();
  source.push(reviewsAt(1));
  const mesh = await createMesh({ service: { name: "test" }, sources: [source] });
  t.after(() => mesh.close());
  await mesh.ready();
  assert.deepEqual(mesh.explain("http://reviews:9080/").destinations[0]?.endpoints, ["127.0.0.1:1"]);
  assert.equal(await stars(mesh.fetch, 1), 0);
  const applied = new Promise((resolve) => mesh.on("configApplied", resolve));
  source.push([]);
  await applied;
  assert.equal(mesh.explain("http://reviews:9080/").outcome, "unknown-host");
});

/** A service reviews with one instance on this machine. */
function reviewsAt(port: number): object[] {
  const metadata = { name: "reviews", namespace: "default" };
  const labels = { app: "reviews" };
  const ports = [{ name: "http", port: 9080 }];
  return [
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports } },
    {
      apiVersion: "networking.istio.io/v1",
      kind: "WorkloadEntry",
      metadata,
      spec: { address: "127.0.0.1", ports: { http: port }, labels },
    },
  ];
}

test("a call that is delayed by 7 s is answered after them, and not before", async (t) => {
  const server = createServer((_request, response) => response.end("{}"));
  t.after(() => server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const source = pushSource();
  source.push([...reviewsAt((server.address() as AddressInfo).port), delayed("reviews", "7s")]);
  const clock = new FakeClock();
  const mesh = await createMesh({ service: { name: "test" }, sources: [source], system: { clock } });
  t.after(() => clock.advanceUntil(mesh.close(), setImmediate));
  await mesh.ready();
  let answered = false;
  const answer = mesh.fetch("http://reviews:9080/").finally(() => {
    answered = true;
  });
  await clock.arranged(7_000);
  clock.advance(6_999);
  await setImmediate();
  assert.equal(answered, false);
  clock.advance(1);
  assert.equal((await answer).status, 200);
});

/** A VirtualService that delays all calls to `host`. */
function delayed(host: string, fixedDelay: string): object {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: `delayed-${host}`, namespace: "default" },
    spec: {
      hosts: [host],
      http: [{ fault: { delay: { percentage: { value: 100 }, fixedDelay } }, route: [{ destination: { host } }] }],
    },
  };
}

test("a registered process, and one with a call under way, close on time that a test moves", async (t) => {
  const registry = await createRegistry({ port: 0, data: ":memory:" });
  t.after(() => registry.close());
  const port = await listen(t, createServer());
  const source = pushSource();
  source.push([...reviewsAt(1), delayed("reviews", "1h")]);
  const stateDirectory = mkdtempSync(join(tmpdir(), "intramesh-clock-"));
  t.after(() => rmSync(stateDirectory, { recursive: true, force: true }));
  const clock = new FakeClock();
  const mesh = await createMesh({
    service: { name: "test", port },
    registry: registry.url,
    sources: [source],
    stateDirectory,
    logger: { warn: () => undefined },
    system: { clock },
  });
  await mesh.ready();
  const instances = async (): Promise<number> => {
    const answer = await fetch(`${registry.url}/apis/networking.istio.io/v1/namespaces/default/workloadentries`);
    return ((await answer.json()) as { readonly items: readonly unknown[] }).items.length;
  };
  assert.equal(await instances(), 1);
  const answer = mesh.fetch("http://reviews:9080/");
  await clock.advanceUntil(mesh.close(), () => setTimeout(1));
  const { status, headers } = await answer;
  assert.deepEqual([status, headers.get("x-intramesh-response-flags")], [503, "LR,DI"]);
  assert.equal(await instances(), 0);
  // The delay of the drain, and as long as calls are waited for.
  assert.ok(clock.now() >= 10_500 && clock.now() < 3_600_000, `${clock.now()} ms`);
});

test("docs/testing.md shows what is tested here", () => {
  const page = readFileSync(new URL("../../docs/testing.md", import.meta.url), "utf8");
  const tested = readFileSync(import.meta.filename, "utf8");
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block!);
  assert.ok(blocks.length >= 3);
  for (const block of blocks) assert.ok(tested.includes(block), `not in this file:\n${block}`);
});
