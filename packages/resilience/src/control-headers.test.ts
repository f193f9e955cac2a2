import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HeaderMap } from "@intramesh/core";
import { dropControlHeaders } from "./control-headers.ts";

describe("headers that steer a proxy", () => {
  it("are taken off, repeated ones too, and nothing else is", () => {
    const headers = new HeaderMap(
      [
        ["x-envoy-max-retries", "9"],
        ["x-request-id", "1"],
        ["x-envoy-retry-on", "5xx"],
        ["x-envoy-retry-on", "reset"],
        ["x-envoy-ratelimited", "true"],
        ["x-envoy-expected-rq-timeout-ms", "7"],
      ].flat(),
    );
    dropControlHeaders(headers);
    assert.deepEqual(headers.flat, ["x-request-id", "1", "x-envoy-ratelimited", "true"]);
  });
});
