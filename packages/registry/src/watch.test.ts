import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { test } from "node:test";
import { epochHeader } from "@intramesh/discovery";
import { type ReplyBody, startTestRegistry, take, virtualService } from "./testing/test-registry.ts";

const rules = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";
const identity = { "accept-encoding": "identity" };

function brief(events: readonly ReplyBody[]): string[] {
  return events.map(({ type, revision, object, name }) =>
    [type, revision, object?.metadata.name ?? name].filter((part) => part !== undefined).join(" "),
  );
}

test("a watch begins with the whole state and goes on with changes", async (t) => {
  const { lines, ask, register } = await startTestRegistry(t);
  const events = await lines("/mesh/v1/watch?since=0");
  const first = await take(events, 4);
  assert.deepEqual(brief(first), ["RESET", "PUT 1 default", "PUT 2 istio-system", "BOOKMARK 2"]);
  assert.match(first[0].epoch, /^[0-9a-f-]{36}$/);
  await ask("POST", rules, virtualService("reviews"));
  await register("reviews", "r1");
  await ask("DELETE", `${rules}/reviews`);
  const later = await take(events, 3);
  assert.deepEqual(brief(later), ["PUT 3 reviews", "PUT 4 r1", "DELETE 5 reviews"]);
  assert.deepEqual(later[2], {
    type: "DELETE",
    revision: 5,
    kind: "VirtualService",
    namespace: "default",
    name: "reviews",
  });
});

test("a watch resumes after the revision that it names", async (t) => {
  const { lines, ask } = await startTestRegistry(t);
  await ask("POST", rules, virtualService("a"));
  await ask("POST", rules, virtualService("b"));
  assert.deepEqual(brief(await take(await lines("/mesh/v1/watch?since=3"), 3)), ["RESUME", "PUT 4 b", "BOOKMARK 4"]);
  assert.deepEqual(brief(await take(await lines("/mesh/v1/watch?since=4"), 2)), ["RESUME", "BOOKMARK 4"]);
});

test("a watch starts over where its revision is of another history, too old, or not reached", async (t) => {
  const { lines, ask } = await startTestRegistry(t, { historyLimit: 2 });
  for (const name of ["a", "b", "c", "d"]) await ask("POST", rules, virtualService(name));
  const opening = async (path: string, headers = {}): Promise<string> =>
    (await take(await lines(`/mesh/v1/watch?${path}`, headers), 1))[0].type;
  assert.equal(await opening("since=6", { [epochHeader]: "another" }), "RESET");
  assert.equal(await opening("since=2"), "RESET");
  assert.equal(await opening("since=999"), "RESET");
  assert.equal(await opening("since=6"), "RESUME");
});

test("a silent watch has a bookmark at least every ten seconds", async (t) => {
  const { lines, clock } = await startTestRegistry(t);
  const events = await lines("/mesh/v1/watch?since=2");
  await take(events, 2);
  clock.advance(10_000);
  assert.deepEqual(brief(await take(events, 2)), ["BOOKMARK 2", "BOOKMARK 2"]);
});

test("a watch can be narrowed to kinds", async (t) => {
  const { lines, ask, register } = await startTestRegistry(t);
  const events = await lines("/mesh/v1/watch?since=0&kinds=VirtualService,WorkloadEntry");
  assert.deepEqual(brief(await take(events, 2)), ["RESET", "BOOKMARK 2"]);
  await ask("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  await ask("POST", rules, virtualService("any"));
  await register("reviews", "reviews-1");
  assert.deepEqual(brief(await take(events, 2)), ["PUT 4 any", "PUT 5 reviews-1"]);
  const wrong = await ask("GET", "/mesh/v1/watch?kinds=Pod");
  assert.deepEqual([wrong.status, wrong.body.message], [400, 'kinds: "Pod" is not a kind that this registry keeps']);
});

test("a watch says the same with and without compression", async (t) => {
  const { lines, ask, url } = await startTestRegistry(t);
  const plain = await lines("/mesh/v1/watch?since=0", identity);
  const packed = await lines("/mesh/v1/watch?since=0", { "accept-encoding": "gzip" });
  await ask("POST", rules, virtualService("reviews"));
  assert.deepEqual(await take(packed, 5), await take(plain, 5));
  const head = await fetch(`${url}/mesh/v1/watch`, { headers: { "accept-encoding": "gzip" } });
  assert.equal(head.headers.get("content-encoding"), "gzip");
  await head.body?.cancel();
});

test("a watch ends cleanly when the registry closes", async (t) => {
  const { lines, close } = await startTestRegistry(t);
  const events = await lines("/mesh/v1/watch?since=0", { "accept-encoding": "gzip" });
  await take(events, 4);
  await close();
  assert.equal((await events.next()).done, true);
});

test("a reader that takes nothing is cut off, and the others are not", async (t) => {
  const { url, lines, ask } = await startTestRegistry(t);
  const { hostname, port } = new URL(url);
  const stuck = connect(Number(port), hostname);
  t.after(() => stuck.destroy());
  const closed = new Promise<void>((resolve) => stuck.once("close", () => resolve()));
  stuck.on("error", () => {});
  stuck.pause();
  stuck.write("GET /mesh/v1/watch?since=0 HTTP/1.1\r\nhost: localhost\r\n\r\n");
  const reader = await lines("/mesh/v1/watch?since=0&kinds=Service", identity);
  const filler = "x".repeat(1_000_000);
  for (let index = 0; index < 20; index++) {
    await ask("POST", rules, virtualService(`v${index}`, { annotations: { filler } }));
  }
  const metrics = (await ask("GET", "/metrics")).body;
  assert.match(metrics, /^intramesh_registry_watchers 1$/m);
  assert.deepEqual(brief(await take(reader, 2)), ["RESET", "BOOKMARK 2"]);
  stuck.resume();
  await closed;
});

test("a reader that takes nothing of the first state is cut off after half a minute, with nothing else going on", async (t) => {
  const { url, ask, clock } = await startTestRegistry(t);
  const filler = "x".repeat(1_000_000);
  for (let index = 0; index < 10; index++) {
    await ask("POST", rules, virtualService(`v${index}`, { annotations: { filler } }));
  }
  const { hostname, port } = new URL(url);
  const stuck = connect(Number(port), hostname);
  t.after(() => stuck.destroy());
  const closed = once(stuck, "close");
  stuck.on("error", () => {});
  stuck.write("GET /mesh/v1/watch?since=0 HTTP/1.1\r\nhost: localhost\r\n\r\n");
  await once(stuck, "readable");
  clock.advance(29_000);
  assert.match((await ask("GET", "/metrics")).body, /^intramesh_registry_watchers 1$/m);
  clock.advance(1_000);
  stuck.resume();
  await closed;
  assert.match((await ask("GET", "/metrics")).body, /^intramesh_registry_watchers 0$/m);
});

test("a watch that one write takes beyond the kept history is cut off, and starts over", async (t) => {
  const { lines, ask } = await startTestRegistry(t, { historyLimit: 2 });
  await ask("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  const there = rules.replace("default", "shop");
  for (let index = 0; index < 8; index++) await ask("POST", there, virtualService(`v${index}`));
  const events = await lines("/mesh/v1/watch?since=11");
  await take(events, 2);
  await ask("DELETE", "/api/v1/namespaces/shop");
  await assert.rejects(async () => {
    await take(events, 100);
  });
  assert.deepEqual(brief(await take(await lines("/mesh/v1/watch?since=11"), 4)), [
    "RESET",
    "PUT 1 default",
    "PUT 2 istio-system",
    "BOOKMARK 20",
  ]);
});

test("a Kubernetes watch from 0 begins with what there is", async (t) => {
  const { lines, ask } = await startTestRegistry(t);
  await ask("POST", rules, virtualService("a"));
  const events = await lines(`${rules}?watch=true&resourceVersion=0`);
  assert.deepEqual(brief(await take(events, 1)), ["ADDED a"]);
  await ask("DELETE", `${rules}/a`);
  const [deleted] = await take(events, 1);
  assert.deepEqual([deleted.type, deleted.object.metadata.resourceVersion], ["DELETED", "4"]);
});

test("a Kubernetes watch goes on after a revision, and says 410 where it cannot", async (t) => {
  const { lines, ask } = await startTestRegistry(t, { historyLimit: 2 });
  for (const name of ["a", "b", "c", "d"]) await ask("POST", rules, virtualService(name));
  assert.deepEqual(brief(await take(await lines(`${rules}?watch=1&resourceVersion=5`), 1)), ["ADDED d"]);
  for (const revision of [2, 999]) {
    const [error] = await take(await lines(`${rules}?watch=1&resourceVersion=${revision}`), 1);
    assert.deepEqual([error.type, error.object.code, error.object.reason], ["ERROR", 410, "Expired"]);
  }
});

test("an object comes into and out of a Kubernetes watch by its labels", async (t) => {
  const { lines, ask } = await startTestRegistry(t);
  const events = await lines(`${rules}?watch=true&resourceVersion=2&labelSelector=tier%3Dgold`);
  const tier = (value: string | null): Promise<unknown> =>
    ask("PATCH", `${rules}/a`, JSON.stringify({ metadata: { labels: { tier: value } } }), {
      "content-type": "application/merge-patch+json",
    });
  await ask("POST", rules, virtualService("a"));
  await tier("gold");
  await ask("PUT", `${rules}/a`, virtualService("a", { labels: { tier: "gold", more: "x" } }));
  await tier("lead");
  assert.deepEqual(brief(await take(events, 3)), ["ADDED a", "MODIFIED a", "DELETED a"]);
});

test("a streaming list ends its first events with a marked bookmark", async (t) => {
  const { lines, ask } = await startTestRegistry(t);
  await ask("POST", rules, virtualService("a"));
  const query = "watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";
  const [added, bookmark] = await take(await lines(`${rules}?${query}`), 2);
  assert.equal(added.type, "ADDED");
  assert.deepEqual(bookmark.object.metadata.annotations, { "k8s.io/initial-events-end": "true" });
  assert.equal(bookmark.object.metadata.resourceVersion, "3");
});

test("a Kubernetes watch ends after its time, with a bookmark for who wants one", async (t) => {
  const { lines, clock } = await startTestRegistry(t);
  const query = "watch=true&resourceVersion=2&timeoutSeconds=30&allowWatchBookmarks=true";
  const events = await lines(`${rules}?${query}`);
  clock.advance(30_000);
  assert.deepEqual((await take(events, 1))[0].object.metadata.resourceVersion, "2");
  assert.equal((await events.next()).done, true);
});

test("a watch of Tables has a row in each event", async (t) => {
  const { lines, ask } = await startTestRegistry(t);
  const events = await lines(`${rules}?watch=true&resourceVersion=2`, {
    accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json",
  });
  await ask("POST", rules, virtualService("a"));
  const [event] = await take(events, 1);
  assert.deepEqual([event.type, event.object.kind, event.object.rows[0].cells[0]], ["ADDED", "Table", "a"]);
});
