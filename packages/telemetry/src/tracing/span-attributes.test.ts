import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { attemptEvent, methodAttributes, spanAttributes } from "./span-attributes.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/reference/spans.md"), "utf8");

/** First cells, in code quotes, of the table under a heading. */
function documented(heading: string): readonly string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
  return [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name!);
}

describe("attributes of spans", () => {
  it("are those that docs/reference/spans.md lists", () => {
    assert.deepEqual(documented("Attributes").toSorted(), Object.values(spanAttributes).toSorted());
  });

  it("come with the events that it lists", () => {
    assert.deepEqual(documented("Events"), [attemptEvent]);
  });

  it("keep an unknown method out of http.request.method", () => {
    assert.deepEqual(methodAttributes("GET"), { "http.request.method": "GET" });
    assert.deepEqual(methodAttributes("BREW"), {
      "http.request.method": "_OTHER",
      "http.request.method_original": "BREW",
    });
  });
});
