import assert from "node:assert/strict";
import { test } from "node:test";
import { refreshDelayMs, retryDelayMs } from "./refresh-delay.ts";

for (const [said, ttlMs, least, most] of [
  ["a TTL counts as it is", 2_000, 2_000, 2_200],
  ["a long TTL is spread by half a second at most", 30_000, 30_000, 30_500],
  ["nobody believes a day", 86_400_000, 300_000, 300_500],
  ["a TTL of 0 is asked for again after 5 s, not at once", 0, 5_000, 5_500],
  ["an answer without one is good for Istio's dnsRefreshRate", undefined, 60_000, 60_500],
] as const) {
  test(said, () => {
    assert.equal(refreshDelayMs(ttlMs, 0), least);
    assert.equal(refreshDelayMs(ttlMs, 1), most);
  });
}

test("pauses after failures double from 1 s to 30 s, the upper half of each drawn", () => {
  assert.deepEqual(
    [0, 1, 2, 4, 5, 60].map((failures) => [retryDelayMs(failures, 0), retryDelayMs(failures, 1)]),
    [
      [500, 1_000],
      [1_000, 2_000],
      [2_000, 4_000],
      [8_000, 16_000],
      [15_000, 30_000],
      [15_000, 30_000],
    ],
  );
});
