import assert from "node:assert/strict";
import { it } from "node:test";
import { normalizePath } from "./normalize-path.ts";

const cases: readonly (readonly [path: string, normal: string | undefined])[] = [
  ["/", "/"],
  ["/reviews/0?x=1", "/reviews/0?x=1"],
  ["*", "*"],
  ["/a/./b", "/a/b"],
  ["/a/../b", "/b"],
  ["/a/b/..", "/a/"],
  ["/a/.", "/a/"],
  ["/../../a", "/a"],
  ["/static/x/%2E%2e/../admin", "/admin"],
  ["/a/.%2e/b", "/b"],
  ["/a%2eb", "/a.b"],
  ["/api\\v1", "/api/v1"],
  ["\\api\\..\\x", "/x"],
  ["/api//v1", "/api//v1"],
  ["/api%2Fv1", "/api%2Fv1"],
  ["/A/b", "/A/b"],
  ["/..a/...", "/..a/..."],
  ["/.well-known/x", "/.well-known/x"],
  ["/a?next=/../b", "/a?next=/../b"],
  ["/a/../b?next=\\", "/b?next=\\"],
  ["/a%00b", undefined],
  ["reviews", undefined],
  ["", undefined],
];

for (const [path, normal] of cases) {
  it(`${JSON.stringify(path)} is ${normal === undefined ? "impossible" : normal}`, () => {
    assert.equal(normalizePath(path), normal);
  });
}
