import assert from "node:assert/strict";
import { it } from "node:test";
import { renderJson } from "./render-json.ts";

const long = Array.from({ length: 12 }, (_, at) => `a rather long word ${at}`);

const cases: readonly (readonly [title: string, value: unknown, text: string])[] = [
  ["plain values stay in one line", { a: [1, "b"] }, '{\n  "a": [1, "b"]\n}\n'],
  ["lists of objects take a line each", [{ a: 1 }], '[\n  {\n    "a": 1\n  }\n]\n'],
  ["an empty object is short", { a: {} }, '{\n  "a": {}\n}\n'],
  ["what does not fit in a line is broken", long, `[\n${long.map((word) => `  "${word}"`).join(",\n")}\n]\n`],
];

for (const [title, value, text] of cases) {
  it(title, () => {
    assert.equal(renderJson(value), text);
    assert.deepEqual(JSON.parse(text), value);
  });
}
