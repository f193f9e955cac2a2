import assert from "node:assert/strict";
import { test } from "node:test";
import { shownGrpcStatus } from "./grpc-status.ts";

for (const [written, shown] of [
  [undefined, ""],
  ["", ""],
  ["0", "0"],
  ["014", "-1"],
  ["16", "16"],
  ["17", "-1"],
  ["-1", "-1"],
  ["x".repeat(100), "-1"],
] as const) {
  test(`a grpc-status of ${written} is shown as "${shown}"`, () => assert.equal(shownGrpcStatus(written), shown));
}
