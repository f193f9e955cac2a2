/*
 * What a resource may say, as data. Checks of form, TypeScript types, JSON Schemas, OpenAPI documents and the tables
 * of docs/resources are all made from it.
 */

/**
 * What becomes of a field: `honoured` does what it says; `validated` is checked, kept and shown, and has no effect;
 * `refused` turns the resource down, or the calls that it is about.
 */
export type FieldStatus = "honoured" | "validated" | "refused";

/** Text whose form is known: a duration such as `1.5s`, or a pattern in RE2 syntax. */
export type TextFormat = "duration" | "regex";

/** The type of a whole number's field in Istio's API. */
export type WireType = "int32" | "uint32";

/** The form of a value. */
export type TypeSchema =
  | { readonly form: "text"; readonly format?: TextFormat }
  | { readonly form: "flag" }
  | {
      readonly form: "number" | "integer";
      readonly minimum?: number;
      readonly maximum?: number;
      readonly wire?: WireType;
    }
  /** Number of a port, or its name. */
  | { readonly form: "integer-or-text" }
  /** What somebody else checks. */
  | { readonly form: "anything" }
  | { readonly form: "words"; readonly words: readonly string[] }
  | { readonly form: "list"; readonly item: TypeSchema }
  /** Names of any kind to values of one. */
  | { readonly form: "map"; readonly value: TypeSchema }
  | ObjectSchema;

/** An object with these fields and no others, each of which may be left out or null. */
export interface ObjectSchema {
  readonly form: "object";
  /** Name of its TypeScript type, unique among all kinds. */
  readonly name: string;
  /** One sentence or two. */
  readonly doc: string;
  /** With those of `base`, in the order of the documentation. */
  readonly fields: Readonly<Record<string, FieldSchema>>;
  /** The object whose fields it shares. */
  readonly base?: ObjectSchema;
}

/** One field of an object. */
export interface FieldSchema extends FieldNotes {
  readonly type: TypeSchema;
  readonly status: FieldStatus;
  /** What it means, with unit and range. */
  readonly doc: string;
}

/** What else there is to say of a field. */
export interface FieldNotes {
  /** What holds where it is left out, in words or as written. */
  readonly default?: string;
  /** How its effect differs from that in Istio. */
  readonly differs?: string;
  /** The check asks for it wherever its object stands. */
  readonly required?: true;
  /** What to use in its place. */
  readonly deprecated?: string;
}

/** One kind of resource. */
export interface KindSchema {
  /** As in `kinds`. */
  readonly kind: string;
  /** What it is for, one sentence or two. */
  readonly doc: string;
  /** The best that its fields can be. */
  readonly status: "honoured" | "validated";
  readonly spec: ObjectSchema;
}
