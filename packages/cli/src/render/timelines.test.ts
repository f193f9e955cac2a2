import assert from "node:assert/strict";
import { test } from "node:test";
import { renderSlow } from "./timelines.ts";

test("a slow request shows what each attempt waited for, connecting included, and took, and how long the body flowed", () => {
  const request = {
    at: "2026-01-01T00:00:00.000Z",
    method: "GET",
    url: "http://reviews/0",
    requestId: null,
    attempts: [
      {
        endpoint: "10.0.0.4:80",
        sentMs: 1,
        waitedMs: 1,
        connectedMs: null,
        headMs: 11,
        result: "connection termination",
      },
      { endpoint: "10.0.0.5:80", sentMs: 36, waitedMs: 25, connectedMs: 38, headMs: 1_036, result: 200 },
    ],
    headMs: 1_036,
    endMs: 1_540,
    status: 200,
    flags: "-",
  };
  const [, line] = renderSlow({ thresholdMs: 1_000, slowest: [request] }).split("\n");
  assert.deepEqual(line?.split(/ {3,}/), [
    "2026-01-01T00:00:00.000Z",
    "1540ms",
    "200",
    "-",
    "10.0.0.4:80 1ms+-+10ms=connection termination 10.0.0.5:80 25ms+2ms+998ms=200",
    "504ms",
    "GET http://reviews/0",
    "-",
  ]);
});
