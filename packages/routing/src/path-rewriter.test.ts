import assert from "node:assert/strict";
import { it } from "node:test";
import type { RewritePolicy, StringMatch } from "@intramesh/core";
import { compilePathRewriter } from "./path-rewriter.ts";
import { matchOf } from "./testing/policies.ts";

const uri = (text: string): RewritePolicy => ({ kind: "uri", uri: text });
const regex = (match: string, rewrite: string): RewritePolicy => ({ kind: "regex", match, rewrite });

const cases: readonly (readonly [rewrite: RewritePolicy, match: StringMatch | undefined, path: string, to: string])[] =
  [
    [uri("/"), { kind: "prefix", value: "/api" }, "/api/reviews?x=1", "//reviews?x=1"],
    [uri("/"), { kind: "prefix", value: "/api/" }, "/api/reviews", "/reviews"],
    [uri("/in"), { kind: "exact", value: "/health" }, "/health?full=1", "/in?full=1"],
    [uri("/latest"), { kind: "regex", value: "/v.*" }, "/v12/x?y=1", "/latest?y=1"],
    [uri("/bar"), undefined, "/x/y", "/barx/y"],
    [regex("^/u/([^/]+)/(.*)$", "/\\2/of/\\1"), undefined, "/u/ann/7?n=/u/b/1", "/7/of/ann?n=/u/b/1"],
    [regex("one", "two"), undefined, "/one/x/one?one=1", "/two/x/two?one=1"],
    [regex("a", "$1$&\\0\\\\"), undefined, "/a", "/$1$&a\\"],
    [regex("^.*$", ""), undefined, "/kept", "/kept"],
    [regex("^$|b*", "-"), undefined, "/b", "-/-"],
    [regex("^/(.*)$", "/\\2"), undefined, "/kept?x=1", "/kept?x=1"],
    [regex("^/(.*)$", "/\\\\2\\1"), undefined, "/a", "/\\2a"],
  ];

for (const [rewrite, match, path, to] of cases) {
  it(`${JSON.stringify(rewrite)} under ${JSON.stringify(match) ?? "no match"} turns ${path} into ${to}`, () => {
    const rewriter = compilePathRewriter(rewrite, matchOf({ uri: match }));
    assert.equal(rewriter?.(path), to);
  });
}

it("a route without rewrite has no rewriter", () => {
  assert.equal(compilePathRewriter(undefined, undefined), undefined);
});
