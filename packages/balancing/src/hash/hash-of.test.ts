import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type HashKey, HeaderMap } from "@intramesh/core";
import { hashOf } from "./hash-of.ts";
import { loadHash64 } from "./hash64.ts";

const hash64 = await loadHash64();
const source = { address: "10.0.0.1", connection: () => "10.0.0.1:4000127.0.0.1:9080" };
const made = hash64("10.0.0.1:4000127.0.0.1:9080").toString(16).padStart(16, "0");

function run(keys: readonly HashKey[], path: string, ...lines: readonly (readonly [string, string])[]) {
  return hashOf(keys, { path, headers: HeaderMap.from(lines) }, source, hash64);
}

const user: HashKey = { kind: "header", name: "x-user" };
const page: HashKey = { kind: "query-parameter", name: "page" };
const address: HashKey = { kind: "source-ip" };

function cookie(ttlMs: number | undefined, path: string = "", attributes: readonly [string, string][] = []): HashKey {
  return { kind: "cookie", name: "sid", path, ttlMs, attributes: attributes.map(([name, value]) => ({ name, value })) };
}

describe("a request is pinned by", () => {
  const rows: readonly {
    readonly title: string;
    readonly key: HashKey;
    readonly path?: string;
    readonly lines?: readonly (readonly [string, string])[];
    readonly hash: bigint | undefined;
  }[] = [
    { title: "the value of a header", key: user, lines: [["X-User", "jason"]], hash: hash64("jason") },
    { title: "an empty header", key: user, lines: [["x-user", ""]], hash: hash64("") },
    {
      title: "all values of a header, in whatever order",
      key: user,
      lines: [
        ["x-user", "b"],
        ["x-user", "a"],
      ],
      hash: hash64("b", hash64("a")),
    },
    { title: "nothing where the header is absent", key: user, hash: undefined },
    { title: "the first value of a query parameter", key: page, path: "/?page=2&page=3", hash: hash64("2") },
    { title: "a query parameter as it is written", key: page, path: "/?a=1&page=a%20b", hash: hash64("a%20b") },
    { title: "a query parameter without a value", key: page, path: "/?page", hash: hash64("") },
    { title: "nothing where the parameter is absent", key: page, path: "/page=2", hash: undefined },
    { title: "the caller's address", key: address, hash: hash64("10.0.0.1") },
    { title: "a cookie", key: cookie(undefined), lines: [["cookie", "a=b; sid=42"]], hash: hash64("42") },
    { title: "a cookie without its quotes", key: cookie(0), lines: [["cookie", 'sid="42"']], hash: hash64("42") },
    {
      title: "a cookie on another line",
      key: cookie(0),
      lines: [
        ["cookie", "a=b"],
        ["cookie", "sid=42"],
      ],
      hash: hash64("42"),
    },
    { title: "nothing where the cookie is absent and has no ttl", key: cookie(undefined), hash: undefined },
    { title: "a cookie that is made for it", key: cookie(0), hash: hash64(made) },
    {
      title: "a cookie that is made in place of an empty one",
      key: cookie(0),
      lines: [["cookie", "sid="]],
      hash: hash64(made),
    },
  ];
  for (const { title, key, path = "/", lines = [], hash } of rows) {
    test(title, () => assert.equal(run([key], path, ...lines)?.hash, hash));
  }
});

test("several keys are combined, the same one twice as well", () => {
  const one = hash64("jason");
  const rotated = BigInt.asUintN(64, (one << 1n) | (one >> 63n));
  assert.equal(run([user, page], "/?page=2", ["x-user", "jason"])?.hash, rotated ^ hash64("2"));
  assert.equal(run([user, user], "/", ["x-user", "jason"])?.hash, rotated ^ one);
  assert.equal(run([page, user], "/", ["x-user", "jason"])?.hash, one);
  assert.equal(run([], "/"), undefined);
});

describe("a cookie is handed to the caller", () => {
  const rows = [
    { title: "for the session", key: cookie(0), line: `sid="${made}"; HttpOnly` },
    { title: "for a time", key: cookie(90_500, "/shop"), line: `sid="${made}"; Max-Age=90; Path=/shop; HttpOnly` },
    {
      title: "with attributes",
      key: cookie(0, "/", [
        ["SameSite", "Strict"],
        ["Secure", ""],
      ]),
      line: `sid="${made}"; Path=/; SameSite=Strict; Secure; HttpOnly`,
    },
  ];
  for (const { title, key, line } of rows) {
    test(title, () => assert.deepEqual(run([key], "/")?.setCookies, [line]));
  }

  test("not where it has one", () => {
    assert.deepEqual(run([cookie(0)], "/", ["cookie", "sid=42"])?.setCookies, []);
  });
});
