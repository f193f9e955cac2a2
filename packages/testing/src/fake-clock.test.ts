import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { FakeClock } from "./fake-clock.ts";

test("tasks run in the order of their times, at their times", () => {
  const clock = new FakeClock(100);
  const ran: (readonly [string, number])[] = [];
  clock.after(20, () => ran.push(["late", clock.now()]));
  clock.after(10, () => ran.push(["early", clock.now()]));
  clock.advance(19);
  assert.deepEqual(ran, [["early", 110]]);
  clock.advance(1);
  assert.deepEqual(ran, [
    ["early", 110],
    ["late", 120],
  ]);
});

test("a task that is arranged on the way runs in the same advance", () => {
  const clock = new FakeClock();
  let ran = 0;
  clock.after(1, () => clock.after(1, () => ran++));
  clock.advance(2);
  assert.equal(ran, 1);
});

test("a cancelled task does not run", () => {
  const clock = new FakeClock();
  const cancel = clock.after(1, () => assert.fail("it ran"));
  cancel();
  clock.advance(1);
  assert.equal(clock.pending, 0);
});

test("wall time moves with monotonic time", () => {
  const clock = new FakeClock(5, 1_000);
  clock.advance(7);
  assert.equal(clock.wallMs(), 1_007);
});

test("arranged resolves once a task waits that is due in time, not for later ones", async () => {
  const clock = new FakeClock();
  let seen = false;
  const arranged = clock.arranged(10).then(() => {
    seen = true;
  });
  clock.after(11, () => undefined);
  await Promise.resolve();
  assert.equal(seen, false);
  clock.after(10, () => undefined);
  await arranged;
  await clock.arranged(10);
});

test("advanceUntil goes from task to task until the promise has settled, and no further", async () => {
  const clock = new FakeClock();
  const waited = new Promise<string>((resolve) => {
    clock.after(5, () => clock.after(7, () => resolve("there")));
  });
  clock.after(1_000, () => assert.fail("it ran"));
  assert.equal(await clock.advanceUntil(waited, setImmediate), "there");
  assert.equal(clock.now(), 12);
  await assert.rejects(clock.advanceUntil(Promise.reject(new Error("refused")), setImmediate), /refused/);
});
