import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { blobBody, fixedBody, streamBody } from "./request-body.ts";

async function text(
  opened: string | Uint8Array | AsyncIterable<Uint8Array> | null,
  chunks = Number.POSITIVE_INFINITY,
): Promise<string> {
  if (opened === null || typeof opened === "string" || opened instanceof Uint8Array) return String(opened);
  let read = "";
  let count = 0;
  for await (const chunk of opened) {
    read += Buffer.from(chunk).toString();
    count += 1;
    if (count >= chunks) break;
  }
  return read;
}

describe("request body", () => {
  it("gives text again and again", async () => {
    const body = fixedBody("abc");
    assert.equal(await text(body.open()), "abc");
    assert.equal(await text(body.open()), "abc");
  });

  it("opens a Blob anew for each attempt", async () => {
    const body = blobBody(new Blob(["blob"]));
    assert.equal(await text(body.open()), "blob");
    assert.equal(await text(body.open()), "blob");
  });

  it("replays a stream that was read to its end", async () => {
    const body = streamBody(["one", "two"]);
    assert.equal(await text(body.open()), "onetwo");
    assert.equal(body.replayable(), true);
    assert.equal(await text(body.open()), "onetwo");
  });

  it("replays the part that was read and goes on reading", async () => {
    const body = streamBody(["one", "two", "three"]);
    const first = (body.open() as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await first.next();
    await first.next();
    assert.equal(await text(body.open()), "onetwothree");
  });

  it("is not replayable once more than the limit has been read", async () => {
    const body = streamBody(["12345", "67890"], 8);
    const reader = (body.open() as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
    await reader.next();
    assert.equal(body.replayable(), true);
    await reader.next();
    assert.equal(body.replayable(), false);
  });

  it("refuses chunks that are neither text nor bytes", async () => {
    await assert.rejects(text(streamBody([42]).open()), /may yield text or bytes, not number/);
  });
});
