import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parsePort } from "./parse-port.ts";

describe("parsePort", () => {
  for (const [text, port] of [
    ["0", 0],
    ["9080", 9080],
    ["65535", 65_535],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parsePort("--port", text), port));
  }

  for (const text of ["", "-1", "65536", "80x", "1e3", "0x50"]) {
    it(`refuses "${text}", naming the option and the value`, () => {
      assert.throws(() => parsePort("--port", text), new RegExp(`^Error: --port ${text} is not a port: `));
    });
  }
});
