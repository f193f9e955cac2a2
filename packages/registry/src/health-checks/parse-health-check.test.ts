import assert from "node:assert/strict";
import { test } from "node:test";
import { checkHealthCheck, planHealthCheck } from "./parse-health-check.ts";

test("a check with a path is complete: the rest is that of a Kubernetes readiness probe", () => {
  assert.deepEqual(checkHealthCheck("healthCheck", { path: "/health" }), []);
  assert.deepEqual(planHealthCheck({ path: "/health" }), {
    path: "/health",
    intervalMs: 10_000,
    timeoutMs: 1_000,
    unhealthyThreshold: 3,
    healthyThreshold: 1,
  });
});

for (const [what, value, fields] of [
  ["text", "/health", ["healthCheck"]],
  ["an empty object", {}, ["healthCheck.path"]],
  ["a path without a slash", { path: "health" }, ["healthCheck.path"]],
  ["a path with a space or a line break", { path: "/a b\r\n" }, ["healthCheck.path"]],
  [
    "everything else that cannot be, at once",
    { path: "/", intervalSeconds: 0, timeoutSeconds: "1", unhealthyThreshold: 1.5, healthyThreshold: 0, port: 1 },
    ["intervalSeconds", "timeoutSeconds", "unhealthyThreshold", "healthyThreshold", "port"].map(
      (field) => `healthCheck.${field}`,
    ),
  ],
] as const) {
  test(`${what} is refused, by field`, () => {
    assert.deepEqual(
      checkHealthCheck("healthCheck", value).map(({ field }) => field),
      fields,
    );
  });
}
