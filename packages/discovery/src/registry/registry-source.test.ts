import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { seededRandom } from "@intramesh/core";
import { FakeClock } from "@intramesh/testing";
import type { LastKnownGood } from "../last-known-good.ts";
import type { WatchEvent } from "../registry-protocol.ts";
import { systemScheduler } from "../system-time.ts";
import { RecordingListener } from "../testing/recording-listener.ts";
import { instance, refused, shownTimeouts, virtualService } from "../testing/resources.ts";
import { type ScriptedCall, ScriptedRegistry } from "../testing/scripted-registry.ts";
import { type RegistrySourceOptions, registrySource } from "./registry-source.ts";

const reset: WatchEvent = { type: "RESET", epoch: "one" };
const resume: WatchEvent = { type: "RESUME", epoch: "one" };

function put(revision: number, name: string, timeout?: string): WatchEvent {
  return { type: "PUT", revision, object: virtualService(name, timeout) };
}

function bookmark(revision: number): WatchEvent {
  return { type: "BOOKMARK", revision };
}

function remove(revision: number, name: string): WatchEvent {
  return { type: "DELETE", revision, kind: "VirtualService", namespace: "default", name };
}

const realTime = { clock: { now: () => performance.now(), wallMs: () => 0 }, scheduler: systemScheduler };

/** A source that follows `registry`, and what it says. */
function follow(
  context: TestContext,
  registry: ScriptedRegistry,
  options: Partial<RegistrySourceOptions> = {},
): RecordingListener {
  const listener = new RecordingListener();
  const source = registrySource({ url: registry.url, random: seededRandom(1), ...realTime, ...options });
  source.start(listener);
  context.after(() => source.close());
  return listener;
}

async function startRegistry(context: TestContext): Promise<ScriptedRegistry> {
  const registry = await ScriptedRegistry.start();
  context.after(() => registry.close());
  return registry;
}

/** Opens the first stream and brings the source to `events`, which must end with a bookmark. */
async function opened(
  registry: ScriptedRegistry,
  listener: RecordingListener,
  ...events: readonly WatchEvent[]
): Promise<ScriptedCall> {
  const stream = await registry.nextCall();
  stream.send(reset, ...events);
  await listener.updates.next();
  return stream;
}

/** Lets the end of a stream arrive: the next try takes the place of its watchdog. */
async function untilPending(clock: FakeClock): Promise<void> {
  while (clock.untilNextMs === undefined || clock.untilNextMs > 5_000)
    await new Promise((resolve) => setImmediate(resolve));
}

test("the first state is delivered whole, at its bookmark", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await registry.nextCall();
  assert.equal(stream.path, "/mesh/v1/watch");
  assert.equal(stream.query.get("since"), "0");
  stream.send(reset, put(3, "a"), put(1, "b"));
  stream.send(bookmark(3));
  const state = await listener.updates.next();
  assert.deepEqual(shownTimeouts(state.resources), ["a=1s", "b=1s"]);
  assert.equal(state.revision, "3");
  assert.equal(state.stale, false);
  assert.equal(state.description, `registry ${registry.url} at revision 3`);
});

test("how long the registry has been silent is known from its first word on", async (context) => {
  const registry = await startRegistry(context);
  const clock = new FakeClock();
  const source = registrySource({ url: registry.url, random: seededRandom(1), clock, scheduler: clock });
  context.after(() => source.close());
  const listener = new RecordingListener();
  source.start(listener);
  assert.equal(source.silentMs?.(), undefined);
  const stream = await opened(registry, listener, bookmark(4));
  clock.advance(7_000);
  assert.equal(source.silentMs?.(), 7_000);
  stream.send(put(5, "a"), bookmark(5));
  await listener.updates.next();
  assert.equal(source.silentMs?.(), 0);
});

test("a compressed stream is read as it comes", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await registry.nextCall();
  assert.match(stream.headers["accept-encoding"]!, /gzip/);
  const text = [reset, put(1, "a"), bookmark(1)].map((event) => `${JSON.stringify(event)}\n`).join("");
  stream.answerStream({ "content-encoding": "gzip" });
  // A gzip member that has not ended: the trailer is held back.
  stream.write(gzipSync(text).subarray(0, -8));
  assert.deepEqual(shownTimeouts((await listener.updates.next()).resources), ["a=1s"]);
});

test("changes that come together are one update, and what did not change stays the same object", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await registry.nextCall();
  stream.send(reset, put(1, "a"), put(2, "b"), bookmark(2));
  const before = await listener.updates.next();
  stream.send(put(3, "b", "2s"), put(4, "c"), remove(5, "c"));
  const after = await listener.updates.next();
  assert.deepEqual(shownTimeouts(after.resources), ["a=1s", "b=2s"]);
  assert.equal(after.resources[0], before.resources[0]);
  assert.equal(after.revision, "5");
});

test("the registry's MeshConfig comes with the state, and is news where it changes alone", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await registry.nextCall();
  stream.send({ ...reset, mesh: { rootNamespace: "a" } }, put(1, "a"), bookmark(1));
  assert.deepEqual((await listener.updates.next()).mesh, { rootNamespace: "a" });
  stream.end();
  const again = await registry.nextCall();
  again.send({ ...resume, mesh: { rootNamespace: "b" } }, bookmark(1));
  const update = await listener.updates.next();
  assert.deepEqual([update.mesh, update.changes], [{ rootNamespace: "b" }, { put: [], deleted: [] }]);
  again.end();
  const last = await registry.nextCall();
  last.send(resume, bookmark(1));
  assert.ok(!("mesh" in (await listener.updates.next())));
});

test("a line that the connection tore is asked for again", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await opened(registry, listener, put(1, "a"), bookmark(1));
  stream.send(put(2, "b"));
  assert.deepEqual(shownTimeouts((await listener.updates.next()).resources), ["a=1s", "b=1s"]);
  const torn = JSON.stringify(put(3, "c"));
  stream.write(torn.slice(0, -10));
  stream.end();
  const again = await registry.nextCall();
  // Revision 2 is asked for once more: another change could have borne it.
  assert.equal(again.query.get("since"), "1");
  assert.equal(again.headers["x-intramesh-epoch"], "one");
  again.send(resume, put(2, "b"), put(3, "c"), bookmark(3));
  assert.deepEqual(shownTimeouts((await listener.updates.next()).resources), ["a=1s", "b=1s", "c=1s"]);
  assert.equal(listener.errors.untaken, 0);
});

test("a change that is cut into bytes, in the middle of a character, is one change", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await opened(registry, listener, bookmark(1));
  const plain = virtualService("a");
  const object = { ...plain, metadata: { ...plain.metadata, annotations: { note: "ä" } } };
  const bytes = Buffer.from(`${JSON.stringify({ type: "PUT", revision: 2, object })}\n`);
  const middle = bytes.indexOf(Buffer.from("ä")) + 1;
  stream.write(bytes.subarray(0, middle));
  stream.write(bytes.subarray(middle));
  const { resources } = await listener.updates.next();
  assert.equal(resources[0]!.metadata.annotations!["note"], "ä");
});

test("under a RESET the old state stays until the first bookmark", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await opened(registry, listener, put(8, "a"), put(9, "b"), bookmark(9));
  stream.cut();
  const second = await registry.nextCall();
  second.send({ type: "RESET", epoch: "two" }, put(1, "a"));
  second.cut();
  const third = await registry.nextCall();
  assert.equal(third.query.get("since"), "9");
  assert.equal(third.headers["x-intramesh-epoch"], "one");
  third.send({ type: "RESET", epoch: "two" }, put(1, "a"), bookmark(1));
  const state = await listener.updates.next();
  assert.deepEqual(shownTimeouts(state.resources), ["a=1s"]);
  assert.equal(state.revision, "1");
});

test("instances that a registry forgot stay for a lease, configuration does not", async (context) => {
  const registry = await startRegistry(context);
  const clock = new FakeClock();
  const listener = follow(context, registry, { clock, scheduler: clock });
  const entries = ["left", "back"].map((name): WatchEvent => ({ type: "PUT", revision: 2, object: instance(name) }));
  const stream = await opened(registry, listener, put(1, "a"), ...entries, bookmark(2));
  stream.cut();
  await untilPending(clock);
  clock.advance(100);
  const second = await registry.nextCall();
  second.send({ type: "RESET", epoch: "two" }, bookmark(1));
  const names = async (): Promise<readonly string[]> =>
    (await listener.updates.next()).resources.map(({ metadata }) => metadata.name);
  assert.deepEqual(await names(), ["left", "back"]);
  second.send({ type: "PUT", revision: 2, object: instance("back", "127.0.0.2") });
  second.send({ type: "BOOKMARK", revision: 2 });
  assert.deepEqual(await names(), ["left", "back"]);
  clock.advance(15_000);
  second.send(put(3, "b"), bookmark(3));
  assert.deepEqual(await names(), ["left", "back", "b"]);
  clock.advance(15_000);
  assert.deepEqual(await names(), ["back", "b"]);
});

test("a whole state that says the same is no update", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await opened(registry, listener, put(1, "a"), bookmark(1));
  stream.cut();
  const second = await registry.nextCall();
  second.send({ type: "RESET", epoch: "two" }, put(7, "a"), bookmark(7), put(8, "b"));
  assert.deepEqual(shownTimeouts((await listener.updates.next()).resources), ["a=1s", "b=1s"]);
});

test("a stream that goes on in another history is dropped for a whole state", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await opened(registry, listener, put(1, "a"), bookmark(1));
  stream.cut();
  const wrong = await registry.nextCall();
  wrong.send({ type: "RESUME", epoch: "two" }, remove(2, "a"), bookmark(2));
  const whole = await registry.nextCall();
  assert.equal(whole.query.get("since"), "0");
  assert.equal(whole.headers["x-intramesh-epoch"], undefined);
  assert.equal(listener.updates.untaken, 0);
});

test("an object that does not parse keeps its last good version, and is named", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const stream = await opened(registry, listener, put(1, "a"), put(2, "b"), bookmark(2));
  stream.send({ type: "PUT", revision: 3, object: refused(virtualService("a", "9s")) }, put(4, "b", "2s"));
  const { message } = await listener.errors.next();
  assert.match(
    message,
    /registry http\S+: VirtualService default\/a is refused, its last good version stays in force: \S+/,
  );
  const partial = await listener.updates.next();
  assert.deepEqual(shownTimeouts(partial.resources), ["a=1s", "b=2s"]);
  assert.match(partial.refused?.join() ?? "", /^VirtualService default\/a is refused/);
  stream.send(put(5, "a", "3s"));
  const whole = await listener.updates.next();
  assert.deepEqual(shownTimeouts(whole.resources), ["a=3s", "b=2s"]);
  assert.equal(whole.refused, undefined);
});

test("an object that never parsed is left out, and is named once however often it comes", async (context) => {
  const registry = await startRegistry(context);
  const listener = follow(context, registry);
  const bad: WatchEvent = { type: "PUT", revision: 1, object: refused(virtualService("bad")) };
  const stream = await opened(registry, listener, bad, put(2, "a"), bookmark(2));
  assert.match((await listener.errors.next()).message, /VirtualService default\/bad is refused, it is left out/);
  stream.cut();
  const second = await registry.nextCall();
  second.send({ type: "RESET", epoch: "two" }, bad, put(2, "a", "2s"), bookmark(2));
  assert.deepEqual(shownTimeouts((await listener.updates.next()).resources), ["a=2s"]);
  assert.equal(listener.errors.untaken, 0);
});

test("a half-open stream is given up after two bookmarks that did not come", async (context) => {
  const registry = await startRegistry(context);
  const clock = new FakeClock();
  const listener = follow(context, registry, { clock, scheduler: clock });
  const stream = await opened(registry, listener, put(1, "a"), bookmark(1));
  clock.advance(19_999);
  clock.advance(1);
  await stream.over;
  clock.advance(100);
  const again = await registry.nextCall();
  assert.equal(again.query.get("since"), "1");
});

test("429 is waited out for as long as it says", async (context) => {
  const registry = await startRegistry(context);
  const clock = new FakeClock();
  const listener = follow(context, registry, { clock, scheduler: clock });
  (await registry.nextCall()).answer(429, {}, { "retry-after": "7" });
  assert.match((await listener.errors.next()).message, /answered 429/);
  assert.ok(clock.untilNextMs! >= 7_000 && clock.untilNextMs! < 7_100, `${clock.untilNextMs}`);
  clock.advance(7_100);
  (await registry.nextCall()).send(reset, bookmark(1));
  await listener.updates.next();
});

test("a registry that is away is named with the cause, once, and found again when it is back", async (context) => {
  const first = await ScriptedRegistry.start();
  const logged: string[] = [];
  const listener = follow(context, first, { log: (message) => logged.push(message) });
  await opened(first, listener, put(1, "a"), bookmark(1));
  await first.close();
  const { message } = await listener.errors.next();
  assert.match(message, /registry http\S+ cannot be reached: .*ECONNREFUSED.*revision 1 stays in force/);
  const second = await ScriptedRegistry.start(first.port);
  context.after(() => second.close());
  (await second.nextCall()).send({ type: "RESET", epoch: "two" }, put(5, "b"), bookmark(5));
  assert.deepEqual(shownTimeouts((await listener.updates.next()).resources), ["b=1s"]);
  assert.equal(listener.errors.untaken, 0);
  assert.deepEqual(logged, [`registry ${first.url} answers again`]);
});

test("a token is sent, without the newline of the file it came from", async (context) => {
  const registry = await startRegistry(context);
  follow(context, registry, { token: "secret\n" });
  assert.equal((await registry.nextCall()).headers["authorization"], "Bearer secret");
});

test("what is no URL of a registry is refused at once", () => {
  assert.throws(() => registrySource({ url: "registry:7070", random: seededRandom(1), ...realTime }), {
    code: "MESH_BAD_OPTION",
    message: /registry "registry:7070" is not the URL/,
  });
});

test("a registry that says nothing within a second is stood in for by the last known good state", async (context) => {
  const registry = await startRegistry(context);
  const clock = new FakeClock(0, 1_000_000_000);
  const logged: string[] = [];
  const listener = follow(context, registry, {
    clock,
    scheduler: clock,
    lastKnownGood: remembering(clock.wallMs() - 3 * 3_600_000),
    log: (message) => logged.push(message),
  });
  const stream = await registry.nextCall();
  clock.advance(1_000);
  const remembered = await listener.updates.next();
  assert.equal(remembered.stale, true);
  assert.deepEqual(shownTimeouts(remembered.resources), ["a=1s"]);
  assert.deepEqual(logged, [
    `registry ${registry.url} cannot be reached: it says nothing within 1 s; starting with its state of 3 h ago from /memory`,
  ]);
  stream.send(reset, put(1, "a"), bookmark(1));
  const current = await listener.updates.next();
  assert.equal(current.stale, false);
  assert.equal(current.resources[0], remembered.resources[0]);
  assert.equal(listener.errors.untaken, 0);
});

test("without a last known good state, a registry that cannot be reached is an error that says what to do", async (context) => {
  const gone = await ScriptedRegistry.start();
  await gone.close();
  const listener = follow(context, gone);
  assert.match((await listener.errors.next()).message, /cannot be reached: .*ECONNREFUSED.*; no state is remembered/);
});

test("every state is remembered, the newest before the source is closed", async (context) => {
  const registry = await startRegistry(context);
  const memory = remembering(0);
  const source = registrySource({ url: registry.url, random: seededRandom(1), ...realTime, lastKnownGood: memory });
  const listener = new RecordingListener();
  source.start(listener);
  const stream = await opened(registry, listener, put(1, "a"), bookmark(1));
  stream.send(put(2, "b"));
  await listener.updates.next();
  await source.close();
  assert.equal(memory.saved.at(-1), "2");
});

/** A memory of one VirtualService `a`, and the revisions that were saved to it. */
function remembering(savedAt: number): LastKnownGood & { readonly saved: string[] } {
  const saved: string[] = [];
  return {
    path: "/memory",
    saved,
    subscriptions: () => Promise.resolve([]),
    async load() {
      return {
        state: { resources: [virtualService("a")], revision: "4", description: "remembered", stale: true },
        savedAt,
      };
    },
    async save({ revision }) {
      saved.push(revision);
    },
  };
}
