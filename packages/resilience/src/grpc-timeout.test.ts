import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseGrpcTimeoutMs } from "./grpc-timeout.ts";

describe("grpc-timeout", () => {
  for (const [value, expected] of [
    ["100m", 100],
    ["1S", 1_000],
    ["2M", 120_000],
    ["1H", 3_600_000],
    ["1500u", 1.5],
    ["1000000n", 1],
    ["", undefined],
    ["1", undefined],
    ["-1S", undefined],
    ["123456789S", undefined],
    [undefined, undefined],
  ] as const) {
    it(`${value} is ${expected} ms`, () => assert.equal(parseGrpcTimeoutMs(value), expected));
  }
});
