import { describeField } from "./describe-field.ts";
import { effectiveStatus } from "./effective-status.ts";
import type { FieldStatus, ObjectSchema } from "./field-schema.ts";
import { findKindSchema } from "./kind-schemas.ts";
import { type JsonSchema, requiredOf, type SchemaDialect, valueSchema } from "./value-schema.ts";

/**
 * The spec of a kind in OpenAPI 3.0, with everything in place as in the schema of a CRD, so that
 * `kubectl explain` can walk it. An open object for a kind that is not known.
 */
export function openapiSpecSchema(kind: string): JsonSchema {
  const schema = findKindSchema(kind);
  return schema === undefined ? { type: "object" } : objectSchema(schema.spec, schema.status);
}

function objectSchema(object: ObjectSchema, limit: FieldStatus): JsonSchema {
  const properties = Object.entries(object.fields).map(([name, field]) => {
    const status = effectiveStatus(field, limit);
    const dialect: SchemaDialect = {
      object: (inner) => objectSchema(inner, status),
      integerOrText: { "x-kubernetes-int-or-string": true },
      anything: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    };
    return [name, { ...valueSchema(field.type, dialect), description: describeField(field, status) }];
  });
  return {
    type: "object",
    description: object.doc,
    properties: Object.fromEntries(properties),
    ...requiredOf(object),
  };
}
