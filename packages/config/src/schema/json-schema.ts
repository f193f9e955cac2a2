import type { KindInfo } from "../kind-info.ts";
import { apiVersionOf, findKind, kinds } from "../kinds.ts";
import { describeField } from "./describe-field.ts";
import { effectiveStatus, objectsOf } from "./effective-status.ts";
import type { FieldStatus, KindSchema, ObjectSchema } from "./field-schema.ts";
import { type JsonSchema, requiredOf, type SchemaDialect, valueSchema } from "./value-schema.ts";

const draft = "https://json-schema.org/draft/2020-12/schema";

const dialect: SchemaDialect = {
  object: ({ name }) => ({ $ref: `#/$defs/${name}` }),
  integerOrText: { type: ["integer", "string"] },
  anything: {},
};

const metadata: JsonSchema = {
  type: "object",
  description: "Name, namespace, labels and annotations; other keys are kept.",
  properties: {
    name: { type: "string", description: "Unique among the resources of its kind and namespace." },
    namespace: { type: "string", description: "Default: default." },
    labels: { type: "object", additionalProperties: { type: "string" } },
    annotations: { type: "object", additionalProperties: { type: "string" } },
  },
  required: ["name"],
};

/** The JSON Schema (draft 2020-12) of one kind, a document for editors and for any validator. */
export function jsonSchemaOf(schema: KindSchema): JsonSchema {
  const info = infoOf(schema);
  const hasRequired = "required" in requiredOf(schema.spec);
  return {
    $schema: draft,
    title: schema.kind,
    description: schema.doc,
    type: "object",
    properties: {
      apiVersion: { enum: info.versions.map((version) => apiVersionOf(info, version)) },
      kind: { const: schema.kind },
      metadata,
      spec: { $ref: `#/$defs/${schema.spec.name}` },
      status: { description: "Written by programs." },
    },
    required: ["apiVersion", "kind", "metadata", ...(hasRequired ? ["spec"] : [])],
    additionalProperties: false,
    $defs: Object.fromEntries(
      [...objectsOf(schema)].map(([object, limit]) => [object.name, objectSchema(object, limit)]),
    ),
  };
}

/**
 * The JSON Schema of a document of any kind: that of its kind where intramesh knows it, nothing where it is of a
 * foreign group. `fileOf` names the file of a kind's schema.
 */
export function anyResourceSchema(schemas: readonly KindSchema[], fileOf: (kind: string) => string): JsonSchema {
  const infos = schemas.map(infoOf);
  const groups = [...new Set(infos.map(({ group }) => group))].filter((group) => group !== "");
  return {
    $schema: draft,
    title: "Resource",
    description: "A resource that intramesh takes, by its apiVersion and kind. Objects of other groups pass.",
    type: "object",
    properties: {
      apiVersion: anyTextLike(infos.flatMap((info) => info.versions.map((version) => apiVersionOf(info, version)))),
      kind: anyTextLike(infos.map(({ kind }) => kind)),
    },
    required: ["apiVersion", "kind"],
    allOf: [
      ...infos.map(({ kind, group }) => ({
        if: isOf(group, { kind: { const: kind } }),
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
        then: { $ref: fileOf(kind) },
      })),
      ...groups.map((group) => ({
        if: isOf(group, {}),
        // biome-ignore lint/suspicious/noThenProperty: JSON Schema's word
        then: { properties: { kind: { enum: infos.filter((info) => info.group === group).map(({ kind }) => kind) } } },
      })),
    ],
  };
}

/** Takes any text, and lets editors propose these. */
function anyTextLike(proposed: readonly string[]): JsonSchema {
  return { anyOf: [{ enum: [...new Set(proposed)] }, { type: "string" }] };
}

/** A document that says to be of this group, and has these properties beside. */
function isOf(group: string, properties: JsonSchema): JsonSchema {
  const pattern = group === "" ? "^v1$" : `^${group.replaceAll(".", "\\.")}/`;
  return {
    properties: { apiVersion: { pattern }, ...properties },
    required: ["apiVersion", ...Object.keys(properties)],
  };
}

function objectSchema(object: ObjectSchema, limit: FieldStatus): JsonSchema {
  const properties = Object.entries(object.fields).map(([name, field]) => [
    name,
    {
      ...valueSchema(field.type, dialect),
      description: describeField(field, effectiveStatus(field, limit)),
      ...(field.deprecated !== undefined && { deprecated: true }),
    },
  ]);
  return {
    type: "object",
    description: object.doc,
    properties: Object.fromEntries(properties),
    ...requiredOf(object),
    additionalProperties: false,
  };
}

function infoOf({ kind }: KindSchema): KindInfo {
  const info = findKind(kind);
  if (info === undefined)
    throw new Error(`${kind} is not among the kinds: ${kinds.map((each) => each.kind).join(", ")}`);
  return info;
}
