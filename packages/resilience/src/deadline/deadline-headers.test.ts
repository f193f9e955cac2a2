import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseGrpcTimeoutMs } from "../grpc-timeout.ts";
import {
  formatExpectedTimeout,
  formatGrpcTimeout,
  parseExpectedTimeoutMs,
  remainingMs,
  requestTimeoutMs,
} from "./deadline-headers.ts";

describe("a written grpc-timeout", () => {
  const written: readonly { readonly ms: number; readonly text: string }[] = [
    { ms: -3, text: "0m" },
    { ms: 0, text: "0m" },
    { ms: 0.5, text: "500u" },
    { ms: 1.001, text: "1001u" },
    { ms: 5_000, text: "5000000u" },
    { ms: 250_000, text: "250000m" },
    { ms: 86_400_000 * 3, text: "259200S" },
    { ms: 1e12, text: "16666666M" },
    { ms: 1e30, text: "99999999H" },
  ];
  for (const { ms, text } of written) {
    it(`${ms} ms is written ${text}`, () => {
      assert.equal(formatGrpcTimeout(ms), text);
    });
  }

  it("is never later than what it was made of, and late by at most one of its units", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 1e12, noNaN: true }), (ms) => {
        const parsed = parseGrpcTimeoutMs(formatGrpcTimeout(ms));
        assert.ok(parsed !== undefined && parsed <= ms * (1 + 1e-6) && parsed >= ms - Math.max(0.001, ms * 1e-4));
      }),
    );
  });
});

describe("x-envoy-expected-rq-timeout-ms", () => {
  it("is whole milliseconds; 0 and nonsense are none", () => {
    assert.deepEqual(["1500", "0", "", "1.5", "-1", "1e3"].map(parseExpectedTimeoutMs), [
      1_500,
      ...Array<undefined>(5).fill(undefined),
    ]);
  });

  it("is written as whole milliseconds, at least one, and begins with the whole timeout", () => {
    const begun = 123_456.789;
    assert.deepEqual([begun + 2_000 - begun, 1_999.97, 1_500.2, 1_500, 0.4, -5].map(formatExpectedTimeout), [
      "2000",
      "2000",
      "1501",
      "1500",
      "1",
      "1",
    ]);
  });
});

describe("what remains", () => {
  const of = (headers: Readonly<Record<string, string>>): number | undefined => remainingMs((name) => headers[name]);

  it("is the shorter of both headers", () => {
    assert.equal(of({ "x-envoy-expected-rq-timeout-ms": "3000", "grpc-timeout": "2S" }), 2_000);
    assert.equal(of({ "x-envoy-expected-rq-timeout-ms": "1000", "grpc-timeout": "2S" }), 1_000);
  });

  it("is unknown where neither can be read", () => {
    assert.equal(of({}), undefined);
    assert.equal(of({ "grpc-timeout": "soon", "x-envoy-expected-rq-timeout-ms": "0" }), undefined);
  });
});

it("a grpc-timeout takes the place of the route's timeout, capped by it", () => {
  assert.deepEqual(
    [requestTimeoutMs(5_000, 2_000), requestTimeoutMs(5_000, 9_000), requestTimeoutMs(undefined, 9_000)],
    [2_000, 5_000, 9_000],
  );
  assert.deepEqual([requestTimeoutMs(5_000, undefined), requestTimeoutMs(undefined, undefined)], [5_000, undefined]);
});
