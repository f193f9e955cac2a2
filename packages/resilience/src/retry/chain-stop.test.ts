import assert from "node:assert/strict";
import { test } from "node:test";
import { isRetryUpstream, needsRetryMark, retryMarkHeader } from "./chain-stop.ts";

const requests: readonly { readonly headers: Readonly<Record<string, string>>; readonly isRetry: boolean }[] = [
  { headers: {}, isRetry: false },
  { headers: { "x-envoy-attempt-count": "1" }, isRetry: false },
  { headers: { "x-envoy-attempt-count": "2" }, isRetry: true },
  { headers: { "x-envoy-attempt-count": "1", [retryMarkHeader]: "1" }, isRetry: true },
  { headers: { [retryMarkHeader]: "" }, isRetry: true },
  { headers: { "x-envoy-attempt-count": "many" }, isRetry: false },
];

for (const { headers, isRetry } of requests) {
  test(`${JSON.stringify(headers)} is ${isRetry ? "a retry" : "no retry"}`, () => {
    assert.equal(
      isRetryUpstream((name) => headers[name]),
      isRetry,
    );
  });
}

test("the mark goes with retries, and with all attempts that serve one", () => {
  assert.deepEqual([needsRetryMark(1, false), needsRetryMark(2, false), needsRetryMark(1, true)], [false, true, true]);
});
