import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type B3, b3Lines, readB3 } from "./b3.ts";

const traceId = "463ac35c9f6413ad48485a3953bb6124";
const spanId = "a2fb4a1d1a96d312";

function read(headers: Readonly<Record<string, string>>): B3 | undefined {
  return readB3((name) => headers[name]);
}

describe("B3", () => {
  const ids = { "x-b3-traceid": traceId, "x-b3-spanid": spanId };
  for (const [headers, sampling] of [
    [{ ...ids, "x-b3-sampled": "1" }, "accept"],
    [{ ...ids, "x-b3-sampled": "true" }, "accept"],
    [{ ...ids, "x-b3-sampled": "0" }, "deny"],
    [{ ...ids, "x-b3-sampled": "false" }, "deny"],
    [{ ...ids, "x-b3-flags": "1" }, "debug"],
    [ids, "defer"],
    [{ b3: `${traceId}-${spanId}-1` }, "accept"],
    [{ b3: `${traceId}-${spanId}-0` }, "deny"],
    [{ b3: `${traceId}-${spanId}-d-05e3ac9a4f6e3b90` }, "debug"],
    [{ b3: `${traceId}-${spanId}` }, "defer"],
  ] as const) {
    it(`reads ${JSON.stringify(headers)} as ${sampling}`, () => {
      assert.deepEqual(read(headers), { traceId, spanId, sampling });
    });
  }

  it("reads a decision without ids", () => {
    assert.deepEqual(read({ b3: "0" }), { traceId: undefined, spanId: undefined, sampling: "deny" });
    assert.deepEqual(read({ "x-b3-sampled": "0" }), { traceId: undefined, spanId: undefined, sampling: "deny" });
  });

  it("lets the single header win", () => {
    assert.equal(read({ ...ids, "x-b3-sampled": "0", b3: `${traceId}-${spanId}-1` })?.sampling, "accept");
  });

  it("fills trace ids of 64 bits up", () => {
    assert.equal(read({ b3: `${spanId}-${spanId}-1` })?.traceId, `0000000000000000${spanId}`);
  });

  for (const b3 of ["", "-", "x-y-1", `${traceId}-short-1`, `${traceId.slice(1)}-${spanId}-1`]) {
    it(`reads nothing from "${b3}"`, () => assert.equal(read({ b3 }), undefined));
  }

  it("is absent where no header is there", () => assert.equal(read({}), undefined));

  it("writes what it reads", () => {
    for (const form of ["single", "multi"] as const) {
      for (const sampling of ["accept", "deny", "debug", "defer"] as const) {
        const flat = b3Lines(form, traceId, spanId, sampling);
        const headers = Object.fromEntries(flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1]!]] : [])));
        assert.deepEqual(read(headers), { traceId, spanId, sampling }, form);
      }
    }
  });
});
