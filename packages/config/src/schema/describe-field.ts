import type { FieldSchema, FieldStatus } from "./field-schema.ts";

/** What each status is called where it is worth a word. */
const words: Readonly<Record<FieldStatus, string | undefined>> = {
  honoured: undefined,
  validated: "Validated only: it has no effect here.",
  refused: "Refused.",
};

/** All there is to say of a field in one paragraph; `status` is the one that holds where the field stands. */
export function describeField(field: FieldSchema, status: FieldStatus): string {
  const sentences = [
    field.doc,
    field.required === true ? "Required." : undefined,
    field.default === undefined ? undefined : `Default: ${field.default}.`,
    field.deprecated === undefined ? undefined : `Deprecated: use ${field.deprecated}.`,
    words[status],
    field.differs === undefined ? undefined : `Unlike Istio: ${field.differs}`,
  ];
  return sentences.filter((sentence) => sentence !== undefined).join(" ");
}
