import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

describe("docs/reference/errors.md", () => {
  const page = read("docs/reference/errors.md");

  it("explains every code of MeshError, and no other", () => {
    const codes = (text: string): string[] => [...new Set(text.match(/\bMESH_[A-Z_]+\b/g))].sort();
    assert.deepEqual(codes(page), codes(read("packages/core/src/mesh-error.ts")));
  });

  it("names every flag that the mesh sets", () => {
    const set = read("packages/core/src/response-flag.ts")
      .match(/"([A-Z]+)"/g)!
      .map((flag) => flag.slice(1, -1));
    const later = ["UAEX", "DPE"];
    assert.deepEqual(
      set.filter((flag) => !page.includes(`\`${flag}\``) && !later.includes(flag)),
      [],
    );
  });
});
