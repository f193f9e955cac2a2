import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { Backoff, retryAfterMs } from "./backoff.ts";

test("the interval doubles from 100 ms to 5 s", () => {
  const backoff = new Backoff(() => 1);
  assert.deepEqual(
    Array.from({ length: 8 }, () => backoff.next()),
    [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000],
  );
});

test("the whole interval is drawn from", () => {
  const random = seededRandom(1);
  const waits = Array.from({ length: 1_000 }, () => new Backoff(random).next());
  assert.ok(Math.min(...waits) < 1 && Math.max(...waits) > 99);
});

test("a success starts it anew", () => {
  const backoff = new Backoff(() => 1);
  backoff.next();
  backoff.next();
  backoff.reset();
  assert.equal(backoff.next(), 100);
});

test("what the registry asks for is waited out, with jitter on top, but not for ever", () => {
  assert.equal(new Backoff(() => 0.5).next(2_000), 2_050);
  assert.equal(new Backoff(() => 0).next(3_600_000), 60_000);
});

test("a failure that never ends does not overflow", () => {
  const backoff = new Backoff(() => 1);
  for (let failures = 0; failures < 2_000; failures++) backoff.next();
  assert.equal(backoff.next(), 5_000);
});

const headers: readonly (readonly [string | undefined, number | undefined])[] = [
  ["7", 7_000],
  ["0", 0],
  ["Thu, 01 Jan 1970 00:00:10 GMT", 9_000],
  ["Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["soon", undefined],
  [undefined, undefined],
];

for (const [header, expected] of headers) {
  test(`Retry-After ${header} at one second past 1970 is ${expected} ms`, () => {
    assert.equal(retryAfterMs(header, 1_000), expected);
  });
}
