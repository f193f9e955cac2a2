import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange, Outcome, ResetReason, RetryPolicy } from "@intramesh/core";
import { compileRetryConditions } from "./retry-conditions.ts";
import { reset, response } from "./testing/outcomes.ts";

/** Istio's default (pilot/pkg/networking/core/route/retry). */
const istioDefault = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";

function isRetried(retryOn: string, outcome: Outcome, retriableStatusCodes: readonly number[] = []): boolean {
  const policy: RetryPolicy = {
    attempts: 2,
    perTryTimeoutMs: undefined,
    retryOn: retryOn.split(","),
    retriableStatusCodes,
    backoffMs: { base: 25, max: 250 },
    ignorePreviousHosts: true,
    remoteLocalities: false,
  };
  // No condition of Istio's looks at the request.
  return compileRetryConditions(policy)(outcome, undefined as unknown as Exchange);
}

const byStatus: Readonly<Record<string, readonly number[]>> = {
  "5xx": [500, 501, 502, 503, 504, 599],
  "gateway-error": [502, 503, 504],
  "retriable-4xx": [409],
  "gateway-error,retriable-4xx": [409, 502, 503, 504],
  "5xx,retriable-4xx": [409, 500, 501, 502, 503, 504, 599],
  "retriable-status-codes": [],
  reset: [],
  "reset-before-request": [],
  "connect-failure": [],
  "refused-stream": [],
  "retriable-headers": [],
  "http3-post-connect-failure": [],
  [istioDefault]: [],
};
const statuses = [200, 204, 301, 400, 404, 408, 409, 429, 499, 500, 501, 502, 503, 504, 599, 600];

for (const [retryOn, expected] of Object.entries(byStatus)) {
  test(`${retryOn} retries ${expected.length === 0 ? "no status" : expected.join(", ")}`, () => {
    assert.deepEqual(
      statuses.filter((status) => isRetried(retryOn, response(status))),
      expected,
    );
  });
}

test("retriable-status-codes retries what is listed, under its token only", () => {
  assert.equal(isRetried("retriable-status-codes", response(418), [418, 503]), true);
  assert.equal(isRetried("retriable-status-codes", response(503), [418, 503]), true);
  assert.equal(isRetried("retriable-status-codes", response(500), [418, 503]), false);
  assert.equal(isRetried("reset", response(503), [503]), false);
});

const everyReset: readonly ResetReason[] = [
  "local connection failure",
  "remote connection failure",
  "connection timeout",
  "connection termination",
  "local reset",
  "remote reset",
  "remote refused stream reset",
  "protocol error",
  "per try timeout",
];
const connectFailures: readonly ResetReason[] = [
  "local connection failure",
  "remote connection failure",
  "connection timeout",
];
const byReset: Readonly<Record<string, readonly ResetReason[]>> = {
  reset: everyReset,
  "5xx": everyReset,
  "gateway-error": everyReset,
  "connect-failure": connectFailures,
  "refused-stream": ["remote refused stream reset"],
  [istioDefault]: [...connectFailures, "remote refused stream reset"],
  "reset-before-request": [],
  "retriable-4xx": [],
  "retriable-status-codes": [],
  unavailable: [],
};

for (const [retryOn, expected] of Object.entries(byReset)) {
  test(`${retryOn} retries ${expected.length === everyReset.length ? "every reset" : expected.join(", ") || "no reset"}`, () => {
    assert.deepEqual(
      everyReset.filter((reason) => isRetried(retryOn, reset(reason))),
      expected,
    );
  });
}

test("reset-before-request retries whatever happened before a byte went out", () => {
  assert.equal(isRetried("reset-before-request", reset("connection termination", true)), true);
  assert.equal(isRetried("reset-before-request", reset("connection termination", false)), false);
});

for (const reason of ["overflow", "timeout", "caller gone"] as const) {
  test(`${reason} is never retried`, () => {
    assert.equal(isRetried("reset,5xx,gateway-error,connect-failure,reset-before-request", reset(reason, true)), false);
  });
}

test("an answer of the mesh's own is never retried", () => {
  assert.equal(isRetried("5xx,gateway-error", response(503, {}, true)), false);
});

const grpc = { cancelled: 1, "deadline-exceeded": 4, "resource-exhausted": 8, internal: 13, unavailable: 14 };

for (const [token, status] of Object.entries(grpc)) {
  test(`${token} retries grpc-status ${status} in response headers, and no other`, () => {
    const retried = Object.values(grpc).filter((code) =>
      isRetried(token, response(200, { "grpc-status": String(code) })),
    );
    assert.deepEqual(retried, [status]);
    assert.equal(isRetried(token, response(200)), false);
    assert.equal(isRetried(token, response(200, { "grpc-status": "0" })), false);
  });
}

test("a rate-limited response is retried under envoy-ratelimited only, whatever its status", () => {
  const limited = { "x-envoy-ratelimited": "true" };
  assert.equal(isRetried("envoy-ratelimited", response(429, limited)), true);
  assert.equal(isRetried("envoy-ratelimited", response(200, limited)), true);
  assert.equal(isRetried("envoy-ratelimited", response(429)), false);
  assert.equal(isRetried("5xx", response(503, limited)), false);
  assert.equal(isRetried("retriable-status-codes", response(429, limited), [429]), false);
  assert.equal(isRetried("unavailable", response(200, { "grpc-status": "14", ...limited })), false);
  assert.equal(isRetried("5xx,envoy-ratelimited", response(503, limited)), true);
});

test("headers are not looked at where no token needs one", () => {
  const header = (): never => assert.fail("it was looked at");
  const outcome: Outcome = { ...response(200), header };
  assert.equal(isRetried("5xx,gateway-error,connect-failure,retriable-status-codes", outcome, [503]), false);
});
