import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startTestRegistry, take } from "./testing/test-registry.ts";

const r1 = "/mesh/v1/namespaces/default/services/reviews/instances/r1";
const entry = "/apis/networking.istio.io/v1/namespaces/default/workloadentries/r1";

test("clients hear that a drained instance has gone, and that it is back; its lease goes on", async (t) => {
  const { register, ask, lines } = await startTestRegistry(t);
  await register("reviews", "r1");
  const events = await lines("/mesh/v1/watch?kinds=WorkloadEntry");
  await take(events, 3);
  const drained = await ask("POST", `${r1}/drain`);
  assert.deepEqual([drained.status, drained.body.drainedSince], [200, "2023-11-14T22:13:20.000Z"]);
  const [gone] = await take(events, 1);
  assert.deepEqual([gone.type, gone.name], ["DELETE", "r1"]);
  assert.equal((await register("reviews", "r1")).status, 200);
  const back = await ask("DELETE", `${r1}/drain`);
  assert.deepEqual([back.status, back.body.drainedSince], [200, undefined]);
  const [put] = await take(events, 1);
  assert.deepEqual([put.type, put.object.metadata.name], ["PUT", "r1"]);
  assert.equal((await ask("GET", entry)).body.metadata.annotations["intramesh.io/drained"], undefined);
});

test("a watch that begins later does not hear of a drained instance", async (t) => {
  const { register, ask, lines } = await startTestRegistry(t);
  await register("reviews", "r1");
  await ask("POST", `${r1}/drain`);
  const [, first] = await take(await lines("/mesh/v1/watch?kinds=WorkloadEntry"), 2);
  assert.equal(first.type, "BOOKMARK");
});

test("draining twice is draining once, and undoing what is not drained changes nothing", async (t) => {
  const { register, ask, clock } = await startTestRegistry(t);
  await register("reviews", "r1");
  const { revision } = (await register("reviews", "r1")).body;
  await ask("DELETE", `${r1}/drain`);
  const once = await ask("POST", `${r1}/drain`);
  clock.advance(1_000);
  const twice = await ask("POST", `${r1}/drain`);
  assert.equal(twice.body.drainedSince, once.body.drainedSince);
  assert.equal((await ask("GET", entry)).body.metadata.resourceVersion, String(revision + 1));
});

test("a drain holds over renewals, changes, a new process under the same id and a restart", async (t) => {
  const data = mkdtempSync(join(tmpdir(), "intramesh-drain-"));
  t.after(() => rmSync(data, { recursive: true, force: true }));
  const first = await startTestRegistry(t, { data });
  const isDrained = async ({ ask }: typeof first): Promise<boolean> =>
    (await ask("GET", r1)).body.drainedSince !== undefined;
  await first.register("reviews", "r1", { session: "one" });
  await first.ask("POST", `${r1}/drain`);
  await first.register("reviews", "r1", { session: "one" });
  assert.ok(await isDrained(first));
  await first.register("reviews", "r1", { session: "one", labels: { version: "v2" } });
  assert.ok(await isDrained(first));
  await first.register("reviews", "r1", { session: "two" });
  assert.ok(await isDrained(first));
  await first.close();
  const second = await startTestRegistry(t, { data });
  assert.ok(await isDrained(second));
  await second.register("reviews", "r1", { session: "two" });
  assert.ok(await isDrained(second));
});

test("an instance that has left and comes again is in service", async (t) => {
  const { register, ask } = await startTestRegistry(t);
  await register("reviews", "r1");
  await ask("POST", `${r1}/drain`);
  await ask("DELETE", r1);
  await register("reviews", "r1");
  assert.equal((await ask("GET", r1)).body.drainedSince, undefined);
});

test("an instance that is not registered cannot be drained", async (t) => {
  const { ask } = await startTestRegistry(t);
  const { status, body } = await ask("POST", `${r1}/drain`);
  assert.deepEqual([status, body.reason], [404, "NotFound"]);
  assert.match(body.message, /instance "r1" of service "reviews" in namespace "default" is not registered/);
});
