import assert from "node:assert/strict";
import { it } from "node:test";
import { resetFromUndici } from "./failure-from-undici.ts";

const rows: readonly (readonly [code: string, started: boolean, reason: string])[] = [
  ["ECONNREFUSED", false, "remote connection failure"],
  ["UND_ERR_CONNECT_TIMEOUT", false, "connection timeout"],
  ["EMFILE", false, "overflow"],
  ["ENFILE", false, "overflow"],
  ["EADDRNOTAVAIL", false, "overflow"],
  ["ECONNRESET", true, "connection termination"],
  ["HPE_INVALID_CONSTANT", true, "protocol error"],
  ["UND_ERR_HEADERS_OVERFLOW", true, "protocol error"],
  ["UND_ERR_INVALID_ARG", false, "caller gone"],
];

for (const [code, started, reason] of rows) {
  it(`${code} ${started ? "after" : "before"} the request was on a connection is "${reason}"`, () => {
    const error = Object.assign(new Error("as undici throws it"), { code });
    assert.deepEqual(resetFromUndici(error, started), {
      kind: "reset",
      reason,
      beforeRequest: !started,
      cause: error,
    });
  });
}
