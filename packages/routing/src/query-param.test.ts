import assert from "node:assert/strict";
import { it } from "node:test";
import { findQueryParam } from "./query-param.ts";

const cases: readonly (readonly [path: string, name: string, value: string | undefined])[] = [
  ["/", "v", undefined],
  ["/?v=1", "v", "1"],
  ["/?v=1&v=2", "v", "1"],
  ["/?a=1&v=2", "v", "2"],
  ["/?vv=1", "v", undefined],
  ["/?v", "v", ""],
  ["/?v=", "v", ""],
  ["/?v&w=1", "v", ""],
  ["/?q=a%20b", "q", "a%20b"],
  ["/?q=a=b", "q", "a=b"],
  ["/?q=1#v=2", "v", undefined],
  ["/?q=1#x", "q", "1"],
  ["/v=1", "v", undefined],
  ["/?&&v=1", "v", "1"],
];

for (const [path, name, value] of cases) {
  it(`${name} of ${path} is ${value === undefined ? "absent" : JSON.stringify(value)}`, () => {
    assert.equal(findQueryParam(path, name), value);
  });
}
