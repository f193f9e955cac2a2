import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { SharedGzip } from "./shared-gzip.ts";

test("streams of the same blocks in other orders are each a whole gzip file", () => {
  const blocks = ["first\n", "second\n".repeat(1_000), "third\n"].map((text) => Buffer.from(text));
  for (const order of [[0, 1, 2], [2, 2, 0], [1], []]) {
    const gzip = new SharedGzip();
    const parts = [gzip.start(), ...order.map((index) => gzip.add(blocks[index]!)), gzip.end()];
    const expected = order.map((index) => blocks[index]!.toString()).join("");
    assert.equal(gunzipSync(Buffer.concat(parts)).toString(), expected);
  }
});

test("a block is compressed once", () => {
  const block = Buffer.from("x".repeat(100));
  assert.equal(new SharedGzip().add(block), new SharedGzip().add(block));
});
