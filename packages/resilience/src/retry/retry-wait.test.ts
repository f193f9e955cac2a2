import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { askedWaitMs, retryWaitMs } from "./retry-wait.ts";

const wallMs = Date.UTC(2026, 0, 1, 12, 0, 0);

describe("a response asks for a wait", () => {
  const cases: readonly { readonly headers: Readonly<Record<string, string>>; readonly ms: number | undefined }[] = [
    { headers: {}, ms: undefined },
    { headers: { "retry-after": "5" }, ms: 5_000 },
    { headers: { "retry-after": " 0 " }, ms: 0 },
    { headers: { "retry-after": "Thu, 01 Jan 2026 12:00:07 GMT" }, ms: 7_000 },
    { headers: { "retry-after": "Thu, 01 Jan 2026 11:00:00 GMT" }, ms: 0 },
    { headers: { "retry-after": "soon" }, ms: undefined },
    { headers: { "retry-after": "-5" }, ms: undefined },
    { headers: { "x-ratelimit-reset": "30" }, ms: 30_000 },
    { headers: { "ratelimit-reset": "30" }, ms: 30_000 },
    { headers: { "x-ratelimit-reset": String(wallMs / 1_000 + 9) }, ms: 9_000 },
    { headers: { "x-ratelimit-reset": "1000000001" }, ms: 0 },
    { headers: { "retry-after": "soon", "x-ratelimit-reset": "2" }, ms: 2_000 },
    { headers: { "retry-after": "1", "x-ratelimit-reset": "60" }, ms: 1_000 },
    { headers: { "grpc-retry-pushback-ms": "250", "retry-after": "1" }, ms: 250 },
    { headers: { "grpc-retry-pushback-ms": "-1" }, ms: Number.POSITIVE_INFINITY },
    { headers: { "grpc-retry-pushback-ms": "soon" }, ms: Number.POSITIVE_INFINITY },
  ];
  for (const { headers, ms } of cases) {
    it(`${JSON.stringify(headers)}: ${ms === undefined ? "none" : `${ms} ms`}`, () => {
      assert.equal(
        askedWaitMs((name) => headers[name], wallMs),
        ms,
      );
    });
  }
});

describe("a retry waits", () => {
  const wait = { backoffMs: 20, askedMs: undefined, remainingMs: Number.POSITIVE_INFINITY, roll: 0 };

  it("for its back-off where nothing was asked", () => {
    assert.equal(retryWaitMs(wait), 20);
  });

  it("for what was asked, spread over half as much again", () => {
    assert.equal(retryWaitMs({ ...wait, askedMs: 5_000 }), 5_000);
    assert.equal(retryWaitMs({ ...wait, askedMs: 5_000, roll: 0.999 }), 7_497);
  });

  it("for its back-off where less was asked", () => {
    assert.equal(retryWaitMs({ ...wait, askedMs: 0 }), 20);
  });

  it("not at all where it could not start before the deadline", () => {
    assert.equal(retryWaitMs({ ...wait, askedMs: 5_000, remainingMs: 5_000 }), undefined);
    assert.equal(retryWaitMs({ ...wait, remainingMs: 21 }), 20);
  });
});
