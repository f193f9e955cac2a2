import assert from "node:assert/strict";
import { it } from "node:test";
import type { StringMatch } from "@intramesh/core";
import { compileValueMatcher, matchesValue } from "./value-matcher.ts";

const cases: readonly (readonly [match: StringMatch, ignoreCase: boolean, value: string, fits: boolean])[] = [
  [{ kind: "exact", value: "/Reviews" }, false, "/Reviews", true],
  [{ kind: "exact", value: "/Reviews" }, false, "/reviews", false],
  [{ kind: "exact", value: "/Reviews" }, true, "/REVIEWS", true],
  [{ kind: "exact", value: "" }, false, "", true],
  [{ kind: "prefix", value: "/rev" }, false, "/reverse", true],
  [{ kind: "prefix", value: "/REV" }, true, "/reverse", true],
  [{ kind: "prefix", value: "/REV" }, false, "/reverse", false],
  [{ kind: "prefix", value: "" }, false, "/", true],
  [{ kind: "regex", value: "/v[0-9]+" }, false, "/v12", true],
  [{ kind: "regex", value: "/v[0-9]+" }, false, "/v12/list", false],
  [{ kind: "regex", value: "a|ab" }, false, "ab", true],
  [{ kind: "regex", value: "/reviews" }, true, "/REVIEWS", false],
  [{ kind: "regex", value: "(?i)/reviews" }, false, "/REVIEWS", true],
  [{ kind: "present" }, false, "", true],
];

for (const [match, ignoreCase, value, fits] of cases) {
  const words = `${JSON.stringify(match)}${ignoreCase ? " ignoring case" : ""}`;
  it(`${words} ${fits ? "takes" : "refuses"} ${JSON.stringify(value)}`, () => {
    assert.equal(matchesValue(compileValueMatcher(match, ignoreCase), value), fits);
  });
}

it("a pattern that is slow elsewhere answers at once", () => {
  const matcher = compileValueMatcher({ kind: "regex", value: "(a+)+b" });
  assert.equal(matchesValue(matcher, "a".repeat(2_000)), false);
});
