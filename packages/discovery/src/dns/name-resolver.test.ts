import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { FakeClock } from "@intramesh/testing";
import { createNameResolver, type FollowedName, type NameResolver } from "./name-resolver.ts";
import type { NameAnswer } from "./resolved-address.ts";

const ttlMs = 10_000;

/** A resolver of one name, whose look-ups are answered by what `says` holds. */
function setUp(context: TestContext) {
  const clock = new FakeClock();
  const told: string[] = [];
  const script = { says: [] as readonly string[] | Error, lookUps: 0, before: undefined as NameAnswer | undefined };
  const names: NameResolver = createNameResolver({
    scheduler: clock,
    random: () => 0,
    onFailure: (message) => told.push(message),
    async lookUp(_name, before) {
      script.lookUps += 1;
      script.before = before;
      if (script.says instanceof Error) throw script.says;
      return { addresses: script.says.map((address) => ({ address, port: undefined, weight: 1 })), ttlMs };
    },
  });
  context.after(() => names.close());
  /** Lets time pass, and what is under way then come to its end. */
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    await turn();
  };
  return { clock, told, script, names, pass };
}

function addresses(name: FollowedName): readonly string[] | undefined {
  return name.addresses?.map(({ address }) => address);
}

test("a followed name is known after its first look-up, and looked up again when its TTL is over", async (context) => {
  const { script, names, pass } = setUp(context);
  let answers = 0;
  script.says = ["192.0.2.1"];
  const name = names.follow("api.example", () => {
    answers += 1;
  });
  assert.equal(addresses(name), undefined);
  await pass(0);
  assert.deepEqual(addresses(name), ["192.0.2.1"]);
  script.says = ["192.0.2.2"];
  await pass(ttlMs - 1);
  assert.equal(script.lookUps, 1);
  await pass(1);
  assert.deepEqual(addresses(name), ["192.0.2.2"]);
  assert.equal(answers, 2);
});

test("an answer in another order is no news", async (context) => {
  const { script, names, pass } = setUp(context);
  let answers = 0;
  script.says = ["192.0.2.1", "192.0.2.2"];
  names.follow("api.example", () => {
    answers += 1;
  });
  await pass(0);
  script.says = ["192.0.2.2", "192.0.2.1"];
  await pass(ttlMs);
  assert.equal(script.lookUps, 2);
  assert.equal(answers, 1);
});

test("a name that stops resolving keeps its addresses, is asked for with growing pauses, and is told of once", async (context) => {
  const { script, names, pass, told, clock } = setUp(context);
  script.says = ["192.0.2.1"];
  const name = names.follow("api.example", () => undefined);
  await pass(0);
  script.says = new Error("api.example does not resolve: NXDOMAIN");
  const pauses: (number | undefined)[] = [];
  for (let failure = 0; failure < 3; failure += 1) {
    await pass(clock.untilNextMs!);
    pauses.push(clock.untilNextMs);
  }
  assert.deepEqual(pauses, [500, 1_000, 2_000]);
  assert.deepEqual(addresses(name), ["192.0.2.1"]);
  assert.equal(name.failure, "api.example does not resolve: NXDOMAIN");
  assert.equal(told.length, 1);
  assert.match(told[0]!, /^api\.example does not resolve: NXDOMAIN; calls go on to its last addresses: 192\.0\.2\.1\./);
  script.says = ["192.0.2.3"];
  await pass(clock.untilNextMs!);
  assert.deepEqual(addresses(name), ["192.0.2.3"]);
  assert.equal(name.failure, undefined);
  assert.equal(clock.untilNextMs, ttlMs);
});

test("a name that never resolved is known to have no addresses, and says so once", async (context) => {
  const { script, names, pass } = setUp(context);
  let answers = 0;
  script.says = new Error("no such name");
  const name = names.follow("api.example", () => {
    answers += 1;
  });
  await pass(0);
  assert.deepEqual(addresses(name), []);
  await pass(500);
  assert.equal(script.lookUps, 2);
  assert.equal(answers, 1);
});

test("who follows the same name shares its look-ups; nobody looks up what all have stopped to follow", async (context) => {
  const { clock, script, names, pass } = setUp(context);
  script.says = ["192.0.2.1"];
  const one = names.follow("api.example", () => undefined);
  await pass(0);
  const other = names.follow("API.example", () => undefined);
  assert.deepEqual(addresses(other), ["192.0.2.1"]);
  one.stop();
  one.stop();
  await pass(ttlMs);
  assert.equal(script.lookUps, 2);
  other.stop();
  assert.equal(clock.pending, 0);
});

test("a connection to a followed name takes its newest addresses without a look-up, and waits for the first", async (context) => {
  const { script, names } = setUp(context);
  script.says = ["192.0.2.1", "2001:db8::1"];
  names.follow("api.example", () => undefined);
  const all = await new Promise((resolve) =>
    names.lookup("api.example", { all: true }, (error, found) => resolve(error ?? found)),
  );
  assert.deepEqual(all, [
    { address: "192.0.2.1", family: 4 },
    { address: "2001:db8::1", family: 6 },
  ]);
  const first = await new Promise((resolve) =>
    names.lookup("api.example", {}, (_error, address, family) => resolve([address, family])),
  );
  assert.deepEqual(first, ["192.0.2.1", 4]);
  assert.equal(script.lookUps, 1);
});

test("a connection to a followed name without addresses fails with the reason", async (context) => {
  const { script, names } = setUp(context);
  script.says = new Error("api.example does not resolve: NXDOMAIN");
  names.follow("api.example", () => undefined);
  const error = await new Promise<Error | null>((resolve) => names.lookup("api.example", {}, resolve));
  assert.equal(error?.message, "api.example does not resolve: NXDOMAIN");
});
