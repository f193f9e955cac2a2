import type { FieldNotes, FieldSchema, ObjectSchema, TypeSchema } from "./field-schema.ts";

export const text: TypeSchema = { form: "text" };

/** `1.5s`, `500ms`, `1m30s`. */
export const duration: TypeSchema = { form: "text", format: "duration" };

/** RE2 syntax, at most 1024 characters. */
export const regex: TypeSchema = { form: "text", format: "regex" };

export const flag: TypeSchema = { form: "flag" };

export const integerOrText: TypeSchema = { form: "integer-or-text" };

export const anything: TypeSchema = { form: "anything" };

/** 1 to 65535. */
export const port: TypeSchema = integer(1, 65_535);

/** 1 to 65535, or 0, which is protobuf's way to leave a port out. */
export const portOrNone: TypeSchema = integer(0, 65_535);

/** 0 to 100. */
export const percentage: TypeSchema = number(0, 100);

/** A number between these, both included. */
export function number(minimum?: number, maximum?: number): TypeSchema {
  return { form: "number", ...rangeOf(minimum, maximum) };
}

/** A whole number between these, both included. */
export function integer(minimum?: number, maximum?: number): TypeSchema {
  return { form: "integer", ...rangeOf(minimum, maximum) };
}

/** A whole number of 32 bits with a sign, between these where they are given, both included. */
export function int32(minimum?: number, maximum?: number): TypeSchema {
  return { form: "integer", ...rangeOf(minimum, maximum), wire: "int32" };
}

/** A whole number of 32 bits, 0 or more, up to `maximum` where it is given. */
export function uint32(maximum?: number): TypeSchema {
  return { form: "integer", ...rangeOf(0, maximum), wire: "uint32" };
}

/** One of these words. */
export function oneOf(...words: readonly string[]): TypeSchema {
  return { form: "words", words };
}

export function listOf(item: TypeSchema): TypeSchema {
  return { form: "list", item };
}

export function mapOf(value: TypeSchema): TypeSchema {
  return { form: "map", value };
}

/** An object with these fields, after those of `base`. */
export function object(
  name: string,
  doc: string,
  fields: Readonly<Record<string, FieldSchema>>,
  base?: ObjectSchema,
): ObjectSchema {
  return { form: "object", name, doc, fields: { ...base?.fields, ...fields }, ...(base && { base }) };
}

/** A field that does what it says. */
export function honoured(type: TypeSchema, doc: string, notes?: FieldNotes): FieldSchema {
  return { type, status: "honoured", doc, ...notes };
}

/** A field that is checked and has no effect. */
export function validated(type: TypeSchema, doc: string, notes?: FieldNotes): FieldSchema {
  return { type, status: "validated", doc, ...notes };
}

/** A field that turns the resource, or the calls that it is about, down. */
export function refused(type: TypeSchema, doc: string, notes?: FieldNotes): FieldSchema {
  return { type, status: "refused", doc, ...notes };
}

function rangeOf(
  minimum: number | undefined,
  maximum: number | undefined,
): { readonly minimum?: number; readonly maximum?: number } {
  return { ...(minimum !== undefined && { minimum }), ...(maximum !== undefined && { maximum }) };
}
