import assert from "node:assert/strict";
import { it } from "node:test";
import { honoured, object, refused, text, validated } from "./build-schema.ts";
import { effectiveStatus, objectsOf } from "./effective-status.ts";
import type { FieldStatus, ObjectSchema } from "./field-schema.ts";

const inner: ObjectSchema = object("Inner", "Inside.", { field: honoured(text, "A field.") });

const cases: readonly (readonly [title: string, outer: ObjectSchema, status: FieldStatus | undefined])[] = [
  ["a field of a block that is honoured can be", object("A", "", { block: honoured(inner, "") }), "honoured"],
  ["nothing in a block that is validated is honoured", object("A", "", { block: validated(inner, "") }), "validated"],
  ["nothing in a block that is refused is honoured", object("A", "", { block: refused(inner, "") }), "refused"],
  [
    "of two places the better one counts, whichever comes first",
    object("A", "", { one: validated(inner, ""), other: honoured(inner, "") }),
    "honoured",
  ],
];

for (const [title, spec, status] of cases) {
  it(title, () => {
    const limit = objectsOf({ kind: "Thing", doc: "", status: "honoured", spec }).get(inner)!;
    assert.equal(effectiveStatus(inner.fields["field"]!, limit), status);
  });
}
