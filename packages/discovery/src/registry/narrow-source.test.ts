import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { instanceMarks, type Resource } from "@intramesh/config";
import { seededRandom, type WorkloadQuery } from "@intramesh/core";
import { FakeClock } from "@intramesh/testing";
import type { LastKnownGood } from "../last-known-good.ts";
import { heartbeatMs, streamHeader, type WatchEvent } from "../registry-protocol.ts";
import type { ResourceSource } from "../resource-source.ts";
import { systemScheduler } from "../system-time.ts";
import { RecordingListener } from "../testing/recording-listener.ts";
import { instance } from "../testing/resources.ts";
import { type ScriptedCall, ScriptedRegistry } from "../testing/scripted-registry.ts";
import { type RegistrySourceOptions, registrySource } from "./registry-source.ts";

const realTime = { clock: { now: () => performance.now(), wallMs: () => 0 }, scheduler: systemScheduler };
const reset: WatchEvent = { type: "RESET", epoch: "one" };
const resume: WatchEvent = { type: "RESUME", epoch: "one" };
const bookmark = (revision: number): WatchEvent => ({ type: "BOOKMARK", revision });
const reviews: WorkloadQuery = { kind: "registered", namespace: "default", service: "reviews" };
const ratings: WorkloadQuery = { kind: "selected", namespace: "default", labels: { version: "v1", app: "ratings" } };

async function start(
  context: TestContext,
  options: Partial<RegistrySourceOptions> = {},
): Promise<{
  readonly registry: ScriptedRegistry;
  readonly source: ResourceSource;
  readonly listener: RecordingListener;
}> {
  const registry = await ScriptedRegistry.start();
  const listener = new RecordingListener();
  const source = registrySource({
    url: registry.url,
    random: seededRandom(1),
    instances: "subscribed",
    ...realTime,
    ...options,
  });
  source.start(listener);
  context.after(async () => {
    await source.close();
    await registry.close();
  });
  return { registry, source, listener };
}

/** Answers a watch with a stream of this id that begins with `events`. */
function open(call: ScriptedCall, id: string, ...events: readonly WatchEvent[]): void {
  call.answerStream({ [streamHeader]: id });
  call.send(...events);
}

function names(resources: readonly Resource[]): readonly string[] {
  return resources.map(({ metadata }) => metadata.name);
}

test("a service is asked for on the side of the stream, and is there when its instances are", async (context) => {
  const { registry, source, listener } = await start(context);
  const stream = await registry.nextCall();
  assert.equal(stream.query.get("services"), "");
  open(stream, "s1", reset, bookmark(4));
  await listener.updates.next();
  const arrived = source.subscribe!(reviews);
  assert.equal(source.subscribe!(reviews), arrived);
  source.subscribe!(ratings);
  const post = await registry.nextCall();
  assert.deepEqual(
    [post.method, post.path, post.body],
    ["POST", "/mesh/v1/watch/s1", { services: ["reviews.default", "default/app=ratings;version=v1"] }],
  );
  post.answer(204);
  stream.send({ type: "INSTANCES", service: "reviews.default", objects: [instance("r1"), instance("r2")] });
  const state = await listener.updates.next();
  assert.deepEqual([names(state.resources), state.revision], [["r1", "r2"], "4"]);
  await arrived;
  assert.equal(source.subscribe!(reviews), undefined);
});

test("a service without instances is there, too, when that has been said", async (context) => {
  const { registry, source, listener } = await start(context);
  const stream = await registry.nextCall();
  open(stream, "s1", reset, bookmark(4));
  await listener.updates.next();
  const arrived = source.subscribe!(reviews);
  (await registry.nextCall()).answer(204);
  stream.send({ type: "INSTANCES", service: "reviews.default", objects: [] });
  await arrived;
  assert.equal(listener.updates.untaken, 0);
});

test("a stream that resumes names what is here, and what was not answered is asked for again", async (context) => {
  const { registry, source, listener } = await start(context);
  const stream = await registry.nextCall();
  open(stream, "s1", reset, bookmark(4));
  await listener.updates.next();
  void source.subscribe!(reviews);
  (await registry.nextCall()).answer(204);
  stream.send({ type: "INSTANCES", service: "reviews.default", objects: [instance("r1")] });
  await listener.updates.next();
  void source.subscribe!(ratings);
  (await registry.nextCall()).answer(204);
  stream.cut();
  const second = await registry.nextCall();
  assert.deepEqual([second.query.get("since"), second.query.get("services")], ["4", "reviews.default"]);
  open(second, "s2", resume, bookmark(4));
  const post = await registry.nextCall();
  assert.deepEqual([post.path, post.body], ["/mesh/v1/watch/s2", { services: ["default/app=ratings;version=v1"] }]);
});

test("a whole state brings everything that is wanted, and nothing vanishes meanwhile", async (context) => {
  const { registry, source, listener } = await start(context);
  const stream = await registry.nextCall();
  open(stream, "s1", reset, bookmark(4));
  await listener.updates.next();
  const arrived = source.subscribe!(reviews);
  (await registry.nextCall()).answer(204);
  stream.send({ type: "INSTANCES", service: "reviews.default", objects: [instance("r1")] });
  await listener.updates.next();
  await arrived;
  stream.cut();
  const second = await registry.nextCall();
  const answer: WatchEvent = { type: "INSTANCES", service: "reviews.default", objects: [instance("r2")] };
  open(second, "s2", { type: "RESET", epoch: "one" }, answer, bookmark(9));
  assert.deepEqual(names((await listener.updates.next()).resources), ["r2"]);
});

test("a post that is refused ends the stream, and the next one asks again", async (context) => {
  const { registry, source, listener } = await start(context);
  open(await registry.nextCall(), "s1", reset, bookmark(4));
  await listener.updates.next();
  void source.subscribe!(reviews);
  (await registry.nextCall()).answer(404, { message: "no such stream" });
  const second = await registry.nextCall();
  open(second, "s2", resume, bookmark(4));
  assert.deepEqual((await registry.nextCall()).body, { services: ["reviews.default"] });
});

test("a service that is only announced is known by its ports and has no address", async (context) => {
  const { registry, listener } = await start(context);
  const stream = await registry.nextCall();
  const announced = (ports: readonly Record<string, number>[], revision: number): WatchEvent => ({
    type: "SERVICE",
    revision,
    namespace: "default",
    name: "reviews",
    ports,
  });
  open(stream, "s1", reset, announced([{ http: 9080 }, { http: 9081 }], 0), bookmark(4));
  const { resources } = await listener.updates.next();
  assert.deepEqual(
    resources.map(({ metadata }) => metadata.annotations?.[instanceMarks.servicePorts]),
    ['{"http":9080}', '{"http":9081}'],
  );
  assert.ok(resources.every(({ spec }) => !Object.hasOwn(spec as object, "address")));
  stream.send(announced([{ http: 9080 }], 5));
  assert.equal((await listener.updates.next()).resources.length, 1);
  stream.send(announced([], 6));
  const last = await listener.updates.next();
  assert.deepEqual([last.resources.length, last.revision], [0, "6"]);
  assert.equal(listener.errors.untaken, 0);
});

test("a process begins with the services that the one before it called", async (context) => {
  const memory: LastKnownGood = {
    path: "/memory",
    load: () => Promise.resolve(undefined),
    subscriptions: () => Promise.resolve(["reviews.default"]),
    save: () => Promise.resolve(),
  };
  const { registry, source, listener } = await start(context, { lastKnownGood: memory });
  const stream = await registry.nextCall();
  assert.equal(stream.query.get("services"), "reviews.default");
  const answer: WatchEvent = { type: "INSTANCES", service: "reviews.default", objects: [instance("r1")] };
  open(stream, "s1", reset, answer, bookmark(4));
  const state = await listener.updates.next();
  assert.deepEqual([names(state.resources), state.subscriptions], [["r1"], ["reviews.default"]]);
  assert.equal(source.subscribe!(reviews), undefined);
});

test("a client says at least every half minute that it is there", async (context) => {
  const clock = new FakeClock();
  const { registry, listener } = await start(context, { clock, scheduler: clock });
  const stream = await registry.nextCall();
  assert.equal(stream.query.get("heartbeat"), "30");
  open(stream, "s1", reset, bookmark(4));
  await listener.updates.next();
  for (let passedMs = 0; passedMs < heartbeatMs; passedMs += 10_000) {
    const revision = 5 + passedMs;
    stream.send({ type: "PUT", revision, object: instance(`r${passedMs}`) }, bookmark(revision));
    await listener.updates.next();
    clock.advance(10_000);
  }
  const beat = await registry.nextCall();
  assert.deepEqual([beat.method, beat.path, beat.body], ["POST", "/mesh/v1/watch/s1", { services: [] }]);
});

test("a revision that says nothing new to a client is told as such", async (context) => {
  const { registry, listener } = await start(context);
  const stream = await registry.nextCall();
  open(stream, "s1", reset, bookmark(4));
  const before = await listener.updates.next();
  stream.send(bookmark(4), bookmark(7));
  const { resources, revision, sameAsBefore } = await listener.updates.next();
  assert.deepEqual([resources, revision, sameAsBefore], [before.resources, "7", true]);
});
