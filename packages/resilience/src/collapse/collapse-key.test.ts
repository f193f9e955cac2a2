import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HeaderMap } from "@intramesh/core";
import { collapseKey } from "./collapse-key.ts";

type Lines = readonly (readonly [string, string])[];

function key(
  lines: Lines = [],
  path: string = "/ratings/0",
  method: string = "GET",
  authority: string = "ratings",
): string {
  return collapseKey(method, authority, path, HeaderMap.from(lines));
}

describe("two requests share a call", () => {
  const same: readonly { readonly title: string; readonly one: Lines; readonly other: Lines }[] = [
    { title: "where they are the same", one: [["accept", "a/b"]], other: [["accept", "a/b"]] },
    {
      title: "where only names of the request and its trace differ",
      one: [
        ["x-request-id", "1"],
        ["traceparent", "00-1"],
        ["x-b3-traceid", "1"],
        ["x-envoy-attempt-count", "1"],
      ],
      other: [
        ["x-request-id", "2"],
        ["b3", "0"],
      ],
    },
    {
      title: "whatever the order of their headers",
      one: [
        ["accept", "a/b"],
        ["end-user", "jason"],
      ],
      other: [
        ["end-user", "jason"],
        ["accept", "a/b"],
      ],
    },
  ];
  for (const { title, one, other } of same) it(title, () => assert.equal(key(one), key(other)));
});

describe("two requests share no call", () => {
  const different: readonly { readonly title: string; readonly one: Lines; readonly other: Lines }[] = [
    { title: "of different users", one: [["authorization", "a"]], other: [["authorization", "b"]] },
    { title: "where one says who asks", one: [["cookie", "a=1"]], other: [] },
    { title: "that want different forms", one: [["accept", "a/b"]], other: [["accept", "a/c"]] },
    {
      title: "whose repeated headers stand in another order",
      one: [
        ["accept", "a"],
        ["accept", "b"],
      ],
      other: [
        ["accept", "b"],
        ["accept", "a"],
      ],
    },
  ];
  for (const { title, one, other } of different) it(title, () => assert.notEqual(key(one), key(other)));

  it("of different method, path, query or authority", () => {
    const keys = [
      key(),
      key([], "/ratings/1"),
      key([], "/ratings/0?x"),
      key([], "/ratings/0", "HEAD"),
      key([], "/ratings/0", "GET", "b"),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });
});
