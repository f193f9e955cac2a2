import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pushSource } from "@intramesh/testing";
import { createMesh, files, type Mesh } from "intramesh";
import { startReviews } from "./mesh-of-echoes.ts";

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

test("docs/testing.md shows what is tested here", () => {
  const page = readFileSync(new URL("../../docs/testing.md", import.meta.url), "utf8");
  const tested = readFileSync(import.meta.filename, "utf8");
  const blocks = [...page.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, block]) => block!);
  assert.ok(blocks.length >= 3);
  for (const block of blocks) assert.ok(tested.includes(block), `not in this file:\n${block}`);
});
