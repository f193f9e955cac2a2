import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "@intramesh/testing";
import { drain } from "./drain.ts";

interface Scene {
  readonly clock: FakeClock;
  /** What happened, with the time. */
  readonly steps: readonly string[];
  readonly ended: Promise<void>;
  /** The last running request has ended. */
  idle(): void;
}

function start(wasAdvertised: boolean): Scene {
  const clock = new FakeClock();
  const steps: string[] = [];
  const step = (what: string): void => void steps.push(`${clock.now()} ${what}`);
  const running = promiseByHand();
  const ended = drain({
    advertisement: {
      close: async () => {
        step("deregister");
        return wasAdvertised;
      },
    },
    inbound: {
      announceClose: () => step("announce"),
      drain: () => {
        step("stop listening");
        return running.promise;
      },
      endEventStreams: () => step("end event streams"),
      cut: () => step("cut"),
    },
    drainDelayMs: 500,
    drainTimeoutMs: 10_000,
    scheduler: clock,
  }).then(() => step("end"));
  return { clock, steps, ended, idle: running.resolve };
}

/** Lets promises that are settled have their effect. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("leaves the registry, serves on until callers have heard of it, stops listening, ends when nothing runs", async () => {
  const { clock, steps, ended, idle } = start(true);
  await settled();
  assert.deepEqual(steps, ["0 deregister", "0 announce"]);
  clock.advance(500);
  await settled();
  clock.advance(2_000);
  idle();
  await ended;
  assert.deepEqual(steps.slice(2), ["500 stop listening", "2500 end"]);
  assert.equal(clock.pending, 0);
});

test("does not wait where callers never knew of the process and nothing runs", async () => {
  const { steps, ended, idle } = start(false);
  idle();
  await ended;
  assert.deepEqual(steps, ["0 deregister", "0 announce", "0 stop listening", "0 end"]);
});

test("ends event streams when the time is over, and cuts what remains soon after", async () => {
  const { clock, steps, ended } = start(false);
  await settled();
  clock.advance(10_000);
  await settled();
  clock.advance(500);
  await ended;
  assert.deepEqual(steps.slice(3), ["10000 end event streams", "10500 cut", "10500 end"]);
});

/** A promise to be resolved by hand. */
function promiseByHand(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((given) => {
    resolve = given;
  });
  return { promise, resolve: () => resolve() };
}
