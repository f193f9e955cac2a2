import assert from "node:assert/strict";
import { test } from "node:test";
import { grpcStatusNumber, grpcStatusOfHttp, httpStatusOfGrpc, isGrpc } from "./grpc-status.ts";

test("names have the numbers of the specification", () => {
  const names = [
    "OK",
    "CANCELLED",
    "DEADLINE_EXCEEDED",
    "RESOURCE_EXHAUSTED",
    "INTERNAL",
    "UNAVAILABLE",
    "UNAUTHENTICATED",
  ];
  assert.deepEqual(names.map(grpcStatusNumber), [0, 1, 4, 8, 13, 14, 16]);
});

test("only canonical names are names", () => {
  assert.deepEqual(["unavailable", "14", "", "toString"].map(grpcStatusNumber), Array(4).fill(undefined));
});

const ofHttp = { 400: 13, 401: 16, 403: 7, 404: 12, 429: 14, 500: 2, 502: 14, 503: 14, 504: 14, 418: 2, 301: 2 };

for (const [http, grpc] of Object.entries(ofHttp)) {
  test(`HTTP ${http} stands for gRPC ${grpc}`, () => {
    assert.equal(grpcStatusOfHttp(Number(http)), grpc);
  });
}

const toHttp = { 0: 200, 1: 499, 4: 504, 5: 404, 8: 429, 12: 501, 13: 500, 14: 503, 16: 401, 17: 500, [-1]: 500 };

for (const [grpc, http] of Object.entries(toHttp)) {
  test(`gRPC ${grpc} stands for HTTP ${http}`, () => {
    assert.equal(httpStatusOfGrpc(Number(grpc)), http);
  });
}

test("a grpc-status that is no number stands for HTTP 500", () => {
  assert.equal(httpStatusOfGrpc(Number("unavailable")), 500);
});

const types = {
  "application/grpc": true,
  "application/grpc+proto": true,
  "application/grpc;charset=utf-8": true,
  "application/grpc-web": false,
  "application/json": false,
  "": false,
};

for (const [type, expected] of Object.entries(types)) {
  test(`"${type}" is ${expected ? "" : "not "}gRPC`, () => {
    assert.equal(isGrpc(type), expected);
  });
}

test("no content type is not gRPC", () => {
  assert.equal(isGrpc(undefined), false);
});
