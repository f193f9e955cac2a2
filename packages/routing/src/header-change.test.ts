import assert from "node:assert/strict";
import { it } from "node:test";
import { HeaderMap, type HeaderStep } from "@intramesh/core";
import { compileRequestChange, compileResponseChange } from "./header-change.ts";
import { viewOf } from "./testing/policies.ts";

type Lines = readonly (readonly [string, string])[];

function changed(lines: Lines, steps: readonly HeaderStep[]): readonly string[] {
  const headers = HeaderMap.from(lines);
  compileRequestChange(steps)(headers, viewOf({ path: "/p", method: "PUT" }, Object.fromEntries(lines)));
  return [...headers.entries()].map(([name, value]) => `${name}: ${value}`);
}

const set = (name: string, value: string): HeaderStep => ({ kind: "set", name, value });
const add = (name: string, value: string): HeaderStep => ({ kind: "add", name, value });
const remove = (name: string): HeaderStep => ({ kind: "remove", name });

it("steps are done in their order", () => {
  assert.deepEqual(changed([["x", "old"]], [remove("x"), set("x", "1"), add("x", "2"), set("x", "3")]), ["x: 3"]);
});

it("set replaces all lines of a name, add appends one", () => {
  const lines: Lines = [
    ["x", "1"],
    ["y", "1"],
    ["x", "2"],
  ];
  assert.deepEqual(changed(lines, [set("x", "3"), add("y", "2")]), ["x: 3", "y: 1", "y: 2"]);
});

it("an empty value leaves the header as it is", () => {
  assert.deepEqual(changed([["x", "1"]], [set("x", ""), add("x", ""), set("y", "%REQ(absent)%")]), ["x: 1"]);
});

const values: readonly (readonly [written: string, sent: string])[] = [
  ["plain", "plain"],
  ["100%%", "100%"],
  ["%REQ(x-id)%-%REQ(X-ID)%", "abcdef-abcdef"],
  ["%REQ(:PATH)% %REQ(:method)%", "/p PUT"],
  ["%REQ(absent?x-id)%", "abcdef"],
  ["%REQ(x-id):3%", "abc"],
  ["%PROTOCOL%", "HTTP/1.1"],
  ["%DOWNSTREAM_REMOTE_ADDRESS%", "-"],
];

for (const [written, sent] of values) {
  it(`the value ${written} is sent as ${sent}`, () => {
    assert.deepEqual(changed([["x-id", "abcdef"]], [set("v", written)]), ["x-id: abcdef", `v: ${sent}`]);
  });
}

it("operations on a response read the response and the request that it answers", () => {
  const headers = HeaderMap.from([["server", "node"]]);
  const steps = [set("x-was", "%RESP(server)% for %REQ(x-id)%")];
  compileResponseChange(steps)(headers, viewOf({}, { "x-id": "7" }));
  assert.equal(headers.get("x-was"), "node for 7");
});
