import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { FakeClock } from "@intramesh/testing";
import { type InstanceRegistration, instancePath } from "../registry-protocol.ts";
import { Arrivals } from "../testing/arrivals.ts";
import { ScriptedRegistry } from "../testing/scripted-registry.ts";
import { type RegisteredInstance, registerInstance } from "./register-instance.ts";

const registration: InstanceRegistration = { address: "127.0.0.1", ports: { http: 9080 } };
const lease = { ttlSeconds: 30, renewSeconds: 10, revision: 1 };
const path = instancePath("default", "reviews", "reviews-1");

interface Scene {
  readonly registry: ScriptedRegistry;
  readonly clock: FakeClock;
  readonly instance: RegisteredInstance;
  readonly taken: Arrivals<string>;
  readonly logged: Arrivals<string>;
}

async function register(context: TestContext, registry?: ScriptedRegistry): Promise<Scene> {
  const server = registry ?? (await ScriptedRegistry.start());
  if (registry === undefined) context.after(() => server.close());
  const clock = new FakeClock();
  const taken = new Arrivals<string>();
  const logged = new Arrivals<string>();
  const instance = registerInstance({
    url: server.url,
    token: "secret",
    namespace: "default",
    service: "reviews",
    instance: "reviews-1",
    registration,
    clock,
    scheduler: clock,
    random: seededRandom(1),
    onTaken: (message) => taken.push(message),
    log: (message) => logged.push(message),
  });
  return { registry: server, clock, instance, taken, logged };
}

/** Lets the end of a call arrive: the next try takes the place of its time limit. */
async function planned(clock: FakeClock): Promise<void> {
  while (clock.untilNextMs === undefined || clock.untilNextMs === 5_000)
    await new Promise((resolve) => setImmediate(resolve));
}

test("an instance is ready when the registry has acknowledged it", async (context) => {
  const { registry, instance } = await register(context);
  const call = await registry.nextCall();
  assert.equal(call.method, "PUT");
  assert.equal(call.path, path);
  assert.equal(call.headers["authorization"], "Bearer secret");
  const { session, ...body } = call.body as InstanceRegistration;
  assert.deepEqual(body, registration);
  assert.match(session!, /^[0-9a-f-]{36}$/);
  call.answer(201, lease);
  await instance.ready();
});

test("the lease is renewed a little before its time, in the same session and over the same connection", async (context) => {
  const { registry, clock, instance } = await register(context);
  const first = await registry.nextCall();
  first.answer(201, lease);
  await instance.ready();
  assert.ok(clock.untilNextMs! > 9_000 && clock.untilNextMs! <= 10_000, `${clock.untilNextMs}`);
  clock.advance(10_000);
  const second = await registry.nextCall();
  assert.deepEqual(second.body, first.body);
  assert.equal(second.clientPort, first.clientPort);
  second.answer(200, lease);
});

test("a lost connection is tried again well within the lease, and told once", async (context) => {
  const { registry, clock, instance, logged } = await register(context);
  (await registry.nextCall()).answer(201, lease);
  await instance.ready();
  clock.advance(clock.untilNextMs!);
  let lostMs = 0;
  for (let failures = 0; failures < 5; failures++) {
    (await registry.nextCall()).cut();
    await planned(clock);
    lostMs += clock.untilNextMs!;
    clock.advance(clock.untilNextMs!);
  }
  assert.ok(lostMs < 20_000, `${lostMs}`);
  (await registry.nextCall()).answer(200, lease);
  assert.match(
    await logged.next(),
    /^instance reviews-1 of reviews\.default cannot renew its lease in registry http\S+, it is tried again: /,
  );
  assert.match(await logged.next(), /is in registry http\S+ again$/);
});

test("a call that hangs is given up, and tried again", async (context) => {
  const { registry, clock, instance, logged } = await register(context);
  const hanging = await registry.nextCall();
  clock.advance(5_000);
  await hanging.over;
  assert.match(await logged.next(), /is not registered yet .* did not answer within 5 s/);
  clock.advance(100);
  (await registry.nextCall()).answer(201, lease);
  await instance.ready();
});

test("what the registry refuses is told with its reason, and tried again at leisure", async (context) => {
  const { registry, clock, logged } = await register(context);
  (await registry.nextCall()).answer(422, {
    kind: "Status",
    message: 'address: Invalid value: "": must be an address',
  });
  assert.match(await logged.next(), /not registered yet .*: address: Invalid value: "": must be an address$/);
  assert.equal(clock.untilNextMs, 10_000);
});

test("Retry-After is waited out", async (context) => {
  const { registry, clock, logged } = await register(context);
  (await registry.nextCall()).answer(503, { message: "the disk is full" }, { "retry-after": "3" });
  await logged.next();
  assert.ok(clock.untilNextMs! >= 3_000 && clock.untilNextMs! < 3_100, `${clock.untilNextMs}`);
});

test("an instance whose name was taken says so once and renews no more", async (context) => {
  const { registry, clock, instance, taken } = await register(context);
  (await registry.nextCall()).answer(201, lease);
  await instance.ready();
  clock.advance(10_000);
  (await registry.nextCall()).answer(409, { message: "another session holds it" });
  assert.equal(
    await taken.next(),
    "instance reviews-1 of reviews.default is not renewed any more: another session holds it",
  );
  assert.equal(clock.pending, 0);
  // It belongs to somebody else now: nothing is deleted.
  await instance.close();
  assert.equal(clock.pending, 0);
});

test("whoever waits for an instance that is taken at once hears of it", async (context) => {
  const { registry, instance } = await register(context);
  (await registry.nextCall()).answer(409, { message: "another session holds it" });
  await assert.rejects(instance.ready(), { code: "MESH_INSTANCE_TAKEN" });
});

test("an update is announced at once, or after the call under way", async (context) => {
  const { registry, instance } = await register(context);
  const first = await registry.nextCall();
  instance.update({ ...registration, weight: 2 });
  first.answer(201, lease);
  const second = await registry.nextCall();
  assert.equal((second.body as InstanceRegistration).weight, 2);
  second.answer(200, lease);
  await second.over;
  instance.update({ ...registration, weight: 3 });
  const third = await registry.nextCall();
  assert.equal((third.body as InstanceRegistration).weight, 3);
  third.answer(200, lease);
});

test("a close takes the instance out, in its own session, and waits for the answer", async (context) => {
  const { registry, instance } = await register(context);
  const first = await registry.nextCall();
  first.answer(201, lease);
  await instance.ready();
  const closed = instance.close();
  const last = await registry.nextCall();
  assert.equal(last.method, "DELETE");
  assert.equal(last.path, path);
  assert.equal(last.query.get("session"), (first.body as InstanceRegistration).session);
  last.answer(200);
  await closed;
});

test("a close follows the renewal under way, so that it does not bring the instance back", async (context) => {
  const { registry, instance } = await register(context);
  const put = await registry.nextCall();
  const closed = instance.close();
  put.answer(201, lease);
  const last = await registry.nextCall();
  assert.equal(last.method, "DELETE");
  last.answer(200);
  await closed;
});

test("a close waits two seconds for a registry that does not answer", async (context) => {
  const { registry, clock, instance } = await register(context);
  (await registry.nextCall()).answer(201, lease);
  await instance.ready();
  const closed = instance.close();
  const last = await registry.nextCall();
  clock.advance(2_000);
  await closed;
  await last.over;
});
