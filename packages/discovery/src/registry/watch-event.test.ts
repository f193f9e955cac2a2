import assert from "node:assert/strict";
import { test } from "node:test";
import { LineSplitter } from "./line-splitter.ts";
import { parseWatchEvent } from "./watch-event.ts";

const malformed = [
  "null",
  "[]",
  "{}",
  "5",
  '{"type":"RESET"}',
  '{"type":"RESUME","epoch":1}',
  '{"type":"PUT","revision":1}',
  '{"type":"PUT","revision":"1","object":{}}',
  '{"type":"DELETE","revision":1,"kind":"Service","name":"a"}',
  '{"type":"BOOKMARK","revision":1.5}',
  "<html>",
];

for (const line of malformed) {
  test(`${line} is no event`, () => {
    assert.throws(() => parseWatchEvent(line));
  });
}

test("an event of a type that is not known is passed over: a newer registry may have more", () => {
  assert.equal(parseWatchEvent('{"type":"NEWS"}'), undefined);
});

test("a long line that is no event is not repeated in full", () => {
  assert.throws(
    () => parseWatchEvent(JSON.stringify({ text: "x".repeat(1_000) })),
    ({ message }: Error) => message.length < 200,
  );
});

test("lines are the same however the bytes are cut", () => {
  const text = "one\n\nzwölf\r\n{…}\nrest";
  const bytes = Buffer.from(text);
  for (let size = 1; size <= bytes.length; size++) {
    const splitter = new LineSplitter();
    const lines: string[] = [];
    for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.push(bytes.subarray(at, at + size)));
    assert.deepEqual(lines, ["one", "zwölf\r", "{…}"], `pieces of ${size}`);
  }
});

test("a line without an end is refused before it fills the memory", () => {
  const splitter = new LineSplitter();
  const piece = Buffer.alloc(1024 * 1024, "x");
  assert.throws(() => {
    for (let pieces = 0; pieces < 20; pieces++) [...splitter.push(piece)];
  }, /longer than/);
});
