import assert from "node:assert/strict";
import { it } from "node:test";
import { HeaderMap, type HeaderStep, type RequestFacts } from "@intramesh/core";
import { compileRequestChange, compileResponseChange } from "./header-change.ts";
import { viewOf } from "./testing/policies.ts";

const facts: RequestFacts = {
  startedAtMs: () => 1_500,
  nowMs: () => 1_250,
  text: (operator) => (operator === "HOSTNAME" ? "box" : undefined),
  environment: (name) => (name === "HOME" ? "/home" : undefined),
};

type Lines = readonly (readonly [string, string])[];

function changed(lines: Lines, steps: readonly HeaderStep[]): readonly string[] {
  const headers = HeaderMap.from(lines);
  const view = viewOf({ path: "/p?q=1", method: "PUT" }, Object.fromEntries(lines));
  compileRequestChange(steps)(headers, view, facts);
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
  ["%REQ(:PATH)% %REQ(:method)%", "/p?q=1 PUT"],
  ["%REQ(absent?x-id)%", "abcdef"],
  ["%REQ(x-id):3%", "abc"],
  ["%PROTOCOL%", "HTTP/1.1"],
  ["%REQ_WITHOUT_QUERY(:path)% %QUERY_PARAM(q)% %PATH% %PATH(NQ)% %PATH(WQ:PATH)%", "/p 1 /p?q=1 /p /p?q=1"],
  ["%REQ(x-id)%%RESP(server)%%GRPC_STATUS%.", "abcdef."],
  ["%START_TIME% %START_TIME(%s)% %EMIT_TIME(%3f)%", "1970-01-01T00:00:01.500Z 1 250"],
  ["%ENVIRONMENT(HOME)% %ENVIRONMENT(NOTHING)% %ENVIRONMENT(HOME):2%", "/home - /h"],
  ["%HOSTNAME%:%UPSTREAM_HOST%", "box:"],
  ["%DYNAMIC_METADATA(a:b)%.", "."],
];

for (const [written, sent] of values) {
  it(`the value ${written} is sent as ${sent}`, () => {
    assert.deepEqual(changed([["x-id", "abcdef"]], [set("v", written)]), ["x-id: abcdef", `v: ${sent}`]);
  });
}

it("what only a request in flight has is left out where it is explained", () => {
  const headers = HeaderMap.from([]);
  compileRequestChange([set("a", "%START_TIME%"), set("b", "on %HOSTNAME%")])(headers, viewOf());
  assert.deepEqual([...headers.entries()], [["b", "on "]]);
});

const statuses = [
  {
    value: "%GRPC_STATUS% %GRPC_STATUS(SNAKE_STRING)% %GRPC_STATUS(NUMBER)%",
    status: "4",
    sent: "DeadlineExceeded DEADLINE_EXCEEDED 4",
  },
  { value: "%GRPC_STATUS(SNAKE_STRING)%", status: "1", sent: "CANCELLED" },
  { value: "%GRPC_STATUS(CAMEL_STRING)% %GRPC_STATUS_NUMBER%", status: "99", sent: "99 99" },
];
for (const { value, status, sent } of statuses) {
  it(`the gRPC status ${status} is written as ${sent}`, () => {
    const headers = HeaderMap.from([["grpc-status", status]]);
    compileResponseChange([set("x", value)])(headers, viewOf());
    assert.equal(headers.get("x"), sent);
  });
}

it("operations on a response read the response and the request that it answers", () => {
  const headers = HeaderMap.from([["server", "node"]]);
  const steps = [set("x-was", "%RESP(server)% for %REQ(x-id)%")];
  compileResponseChange(steps)(headers, viewOf({}, { "x-id": "7" }));
  assert.equal(headers.get("x-was"), "node for 7");
});
