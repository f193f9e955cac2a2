import type { ObjectSchema, TextFormat, TypeSchema } from "./field-schema.ts";
import { wireRange } from "./wire-range.ts";

/** A JSON Schema, as JSON. */
export type JsonSchema = { readonly [key: string]: unknown };

/** What JSON Schema and OpenAPI say differently. */
export interface SchemaDialect {
  object(schema: ObjectSchema): JsonSchema;
  readonly integerOrText: JsonSchema;
  readonly anything: JsonSchema;
}

/** Istio's limit for a pattern, in characters. */
const maxRegexLength = 1_024;

const formats: Readonly<Record<TextFormat, JsonSchema>> = {
  // Go's grammar, without a minus: no duration of a resource may be negative.
  duration: { pattern: "^(0|\\+?((\\d+(\\.\\d*)?|\\.\\d+)(h|m|s|ms|us|µs|ns))+)$" },
  regex: { minLength: 1, maxLength: maxRegexLength },
};

/** The JSON Schema of a value. */
export function valueSchema(type: TypeSchema, dialect: SchemaDialect): JsonSchema {
  switch (type.form) {
    case "text":
      return { type: "string", ...(type.format && formats[type.format]) };
    case "flag":
      return { type: "boolean" };
    case "number":
    case "integer": {
      const { form, wire, ...range } = type;
      return { type: form, ...(wire && wireRange[wire]), ...range };
    }
    case "integer-or-text":
      return dialect.integerOrText;
    case "anything":
      return dialect.anything;
    case "words":
      return { type: "string", enum: type.words };
    case "list":
      return { type: "array", items: valueSchema(type.item, dialect) };
    case "map":
      return { type: "object", additionalProperties: valueSchema(type.value, dialect) };
    case "object":
      return dialect.object(type);
  }
}

/** Names of the fields that have to be there; as a `required` to spread, absent where there are none. */
export function requiredOf({ fields }: ObjectSchema): { readonly required?: readonly string[] } {
  const names = Object.entries(fields).filter(([, field]) => field.required === true);
  return names.length === 0 ? {} : { required: names.map(([name]) => name) };
}
