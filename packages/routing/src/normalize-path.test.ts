import assert from "node:assert/strict";
import { it } from "node:test";
import type { PathNormalization } from "@intramesh/core";
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

const modes: readonly (readonly [mode: PathNormalization, path: string, normal: string | undefined])[] = [
  ["NONE", "/a/../b", "/a/../b"],
  ["MERGE_SLASHES", "/app//", "/app/"],
  ["MERGE_SLASHES", "/a//b///c?d//e", "/a/b/c?d//e"],
  ["MERGE_SLASHES", "/%2Fapp", "/%2Fapp"],
  ["DECODE_AND_MERGE_SLASHES", "/%2Fapp%5cadmin%5Cabc", "/app/admin/abc"],
  ["DECODE_AND_MERGE_SLASHES", "/a%2f..%2fb", "/b"],
  ["DECODE_AND_MERGE_SLASHES", "/%252e%252e/a", "/%252e%252e/a"],
  ["DECODE_AND_MERGE_SLASHES", "/..;/a;b=c", "/..;/a;b=c"],
  ["DECODE_AND_MERGE_SLASHES", "/a%00", undefined],
];

for (const [mode, path, normal] of modes) {
  it(`${JSON.stringify(path)} under ${mode} is ${normal === undefined ? "impossible" : normal}`, () => {
    assert.equal(normalizePath(path, mode), normal);
  });
}

for (const [path, normal] of cases) {
  it(`${JSON.stringify(path)} is ${normal === undefined ? "impossible" : normal}`, () => {
    assert.equal(normalizePath(path), normal);
  });
}
