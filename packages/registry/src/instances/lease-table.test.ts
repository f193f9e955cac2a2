import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "@intramesh/testing";
import { LeaseTable } from "./lease-table.ts";

const sweepMs = 500;
const ttlMs = 30_000;

/** Moves time on in sweeps; at each, `alive` renew what they should every 10 s. Returns who lapsed. */
function live(clock: FakeClock, table: LeaseTable, alive: readonly string[], forMs: number): string[] {
  const lapsed: string[] = [];
  for (let passed = 0; passed < forMs; passed += sweepMs) {
    clock.advance(sweepMs);
    if (passed % 10_000 === 0) for (const key of alive) table.renew(table.get(key)!);
    lapsed.push(...table.sweep(sweepMs).lapsed.map(({ key }) => key));
  }
  return lapsed;
}

function tableOf(count: number): { clock: FakeClock; table: LeaseTable; keys: string[] } {
  const clock = new FakeClock();
  const table = new LeaseTable(clock);
  const keys = Array.from({ length: count }, (_, index) => `default/i${index}`);
  for (const key of keys) table.grant(key, ttlMs);
  return { clock, table, keys };
}

test("a lease that is renewed does not lapse", () => {
  const { clock, table, keys } = tableOf(3);
  assert.deepEqual(live(clock, table, keys, 10 * ttlMs), []);
});

for (const count of [1, 2, 6, 7, 100]) {
  test(`one dead instance of ${count} lapses within its lease and a second`, () => {
    const { clock, table, keys } = tableOf(count);
    const [dead, ...alive] = keys;
    assert.deepEqual(live(clock, table, alive, ttlMs + 1_000), [dead]);
  });
}

test("at 15 % of the leases all that are dead lapse", () => {
  const { clock, table, keys } = tableOf(20);
  assert.deepEqual(live(clock, table, keys.slice(3), ttlMs + 1_000), keys.slice(0, 3));
});

test("above 15 % none lapses, and those that come back are renewed as if nothing had been", () => {
  const { clock, table, keys } = tableOf(20);
  assert.deepEqual(live(clock, table, keys.slice(4), 5 * ttlMs), []);
  assert.equal(table.sweep(sweepMs).preserved, 4);
  assert.deepEqual(live(clock, table, keys, 5 * ttlMs), []);
  assert.equal(table.sweep(sweepMs).preserved, 0);
});

test("a cut that takes all renewals evicts nobody, however the renewals were spread", () => {
  const clock = new FakeClock();
  const table = new LeaseTable(clock);
  for (let index = 0; index < 50; index++) {
    table.grant(`default/i${index}`, ttlMs);
    clock.advance(200);
  }
  table.sweep(sweepMs);
  assert.deepEqual(live(clock, table, [], 5 * ttlMs), []);
});

test("two of six lapse one lease apart", () => {
  const { clock, table, keys } = tableOf(6);
  const [first, second, ...alive] = keys as [string, string, ...string[]];
  assert.deepEqual(live(clock, table, [second, ...alive], ttlMs), []);
  assert.deepEqual(live(clock, table, alive, 2 * ttlMs + 1_000), [first, second]);
});

test("after an hour the preserved lapse, too", () => {
  const { clock, table, keys } = tableOf(4);
  assert.deepEqual(live(clock, table, [], 3_600_000), []);
  assert.deepEqual(live(clock, table, [], ttlMs + 1_000), keys);
});

test("a process that was stopped takes its own pause off everybody's age", () => {
  const { clock, table, keys } = tableOf(1);
  live(clock, table, keys, 1_000);
  clock.advance(60_000);
  assert.deepEqual(table.sweep(sweepMs).lapsed, []);
  assert.deepEqual(live(clock, table, [], ttlMs - 2_000), []);
  assert.deepEqual(live(clock, table, [], 3_000), keys);
});
