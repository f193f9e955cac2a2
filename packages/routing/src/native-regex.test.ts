import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { compileNativeRegex } from "./native-regex.ts";

const plain: readonly string[] = [
  "/reviews",
  "/api/v[12]/.*",
  "^/api/.*$",
  "v\\d+\\.\\d+",
  "[a-z]+-[0-9]+",
  "[^/]+/[^/]+",
  "[\\w-]+@[\\w.]+",
  "a{3}",
  "a{2,4}b",
  ".*\\.json",
  "",
];
const left: readonly string[] = [
  "(a+)+",
  "a|b",
  "(?i)a",
  ".*.*",
  ".*/v1/.*",
  "a*a*",
  "[ab]+b+",
  "\\bx",
  "\\pL",
  "[[:alpha:]]",
  "é",
  "a*?",
  "a{1001}",
  `.*${"a".repeat(17)}`,
  "a$b",
];

describe("a native expression", () => {
  for (const pattern of plain) {
    it(`takes the place of ${JSON.stringify(pattern)}`, () => assert.ok(compileNativeRegex(pattern)));
  }
  for (const pattern of left) {
    it(`does not take the place of ${JSON.stringify(pattern)}`, () =>
      assert.equal(compileNativeRegex(pattern), undefined));
  }
});

const atom = fc.constantFrom(
  ...[
    "a",
    "b",
    "-",
    "/",
    ".",
    "\\.",
    "\\d",
    "\\w",
    "\\s",
    "[ab]",
    "[^a]",
    "[a-c]",
    "[\\w-]",
    "[^\\s/]",
    "[.*]",
    "\\\\",
  ],
);
const count = fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,2}", "{0,}");
const pattern = fc
  .array(
    fc.tuple(atom, count).map((parts) => parts.join("")),
    { maxLength: 5 },
  )
  .map((all) => all.join(""));
const loose = fc.string({ unit: fc.constantFrom(..."ab-/.\\[]^$*+?{}(),|0dws1 "), maxLength: 8 });
const text = fc.oneof(
  fc.string({ unit: fc.constantFrom(..."abc-/. 01\\\n\r\u2028é😀\ud800\u00a0"), maxLength: 6 }),
  fc.string({ unit: "binary", maxLength: 6 }),
);

describe("a native expression and RE2", () => {
  it("cover the same texts", () => {
    const property = fc.property(
      fc.oneof(pattern, loose),
      fc.array(text, { minLength: 8, maxLength: 8 }),
      (source, texts) => {
        const native = compileNativeRegex(source);
        if (native === undefined) return;
        const re2 = RE2JS.compile(source);
        for (const one of texts) assert.equal(native.test(one), re2.testExact(one), JSON.stringify([source, one]));
      },
    );
    fc.assert(property, { numRuns: 20_000 });
  });
});

/** A path as long as a server takes one. */
const longPath = 65_536;
/** Some ten times what they take on an idle machine. */
const limitMs = 100;

describe("a hostile text", () => {
  const patterns = [".*a{16}", ".*\\.json", "[a-z]*[0-9]*[A-Z]*", "[^/]*/[^/]*", "a{0,1000}b", `${"a?".repeat(1)}b*`];
  for (const source of patterns) {
    it(`of 64 KiB costs ${source} milliseconds`, () => {
      const native = compileNativeRegex(source)!;
      const texts = ["a".repeat(longPath), `${"a".repeat(15)}b`.repeat(longPath / 16), `${"a".repeat(longPath)}\n`];
      const startedAt = performance.now();
      for (const one of texts) native.test(one);
      assert.ok(performance.now() - startedAt < limitMs);
    });
  }
});
