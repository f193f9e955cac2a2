import { describeField } from "./describe-field.ts";
import { effectiveStatus } from "./effective-status.ts";
import type { FieldStatus, ObjectSchema } from "./field-schema.ts";
import { findKindSchema } from "./kind-schemas.ts";
import { type JsonSchema, requiredOf, type SchemaDialect, valueSchema } from "./value-schema.ts";

const metadata: JsonSchema = {
  type: "object",
  description: "Name, namespace, labels and annotations; other keys are kept.",
  properties: {
    name: { type: "string", description: "Unique among the resources of its kind and namespace." },
    namespace: { type: "string", description: "Namespace that it belongs to." },
    labels: { type: "object", additionalProperties: { type: "string" } },
    annotations: { type: "object", additionalProperties: { type: "string" } },
  },
};

/**
 * A kind in OpenAPI 3.0, with everything in place as in the schema of a CRD, so that `kubectl explain` can walk it.
 * Of a kind that is not known, the envelope.
 */
export function openapiSchema(kind: string): JsonSchema {
  const schema = findKindSchema(kind);
  return {
    type: "object",
    ...(schema && { description: schema.doc }),
    properties: {
      apiVersion: { type: "string", description: "Group and version of the kind." },
      kind: { type: "string", description: "The kind." },
      metadata,
      spec: schema === undefined ? { type: "object" } : objectSchema(schema.spec, schema.status),
      status: { type: "object", description: "Written by programs." },
    },
  };
}

function objectSchema(object: ObjectSchema, limit: FieldStatus): JsonSchema {
  const properties = Object.entries(object.fields).map(([name, field]) => {
    const status = effectiveStatus(field, limit);
    const dialect: SchemaDialect = {
      object: (inner) => objectSchema(inner, status),
      integerOrText: { type: "string", format: "int-or-string", "x-kubernetes-int-or-string": true },
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
