import assert from "node:assert/strict";
import { test } from "node:test";
import { backoffMs } from "./backoff.ts";

const istio = { base: 25, max: 250 };
const almostOne = 1 - Number.EPSILON / 2;

const longest = [
  { retry: 1, ms: 24 },
  { retry: 2, ms: 49 },
  { retry: 3, ms: 99 },
  { retry: 4, ms: 199 },
  { retry: 5, ms: 249 },
  { retry: 6, ms: 249 },
  { retry: 5_000, ms: 249 },
];

for (const { retry, ms } of longest) {
  test(`retry ${retry} waits a whole number of milliseconds from 0 to ${ms}`, () => {
    assert.equal(backoffMs(retry, istio, 0), 0);
    assert.equal(backoffMs(retry, istio, almostOne), ms);
  });
}

test("a base above the maximum is the maximum", () => {
  assert.equal(backoffMs(1, { base: 500, max: 250 }, 0.5), 125);
});
