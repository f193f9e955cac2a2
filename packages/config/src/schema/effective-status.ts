import type { FieldSchema, FieldStatus, KindSchema, ObjectSchema, TypeSchema } from "./field-schema.ts";

/** From worst to best. */
const ranks: readonly FieldStatus[] = ["refused", "validated", "honoured"];

/**
 * The objects of a kind, its spec first, each with the best that its fields can be: in a block that is validated
 * only, nothing is honoured. An object that stands in several places counts by the best of them.
 */
export function objectsOf({ spec, status }: KindSchema): ReadonlyMap<ObjectSchema, FieldStatus> {
  const found = new Map<ObjectSchema, FieldStatus>();
  visit(spec, status);
  return found;

  function visit(object: ObjectSchema, limit: FieldStatus): void {
    const known = found.get(object);
    if (known !== undefined && ranks.indexOf(known) >= ranks.indexOf(limit)) return;
    found.set(object, limit);
    for (const field of Object.values(object.fields)) {
      const inner = innerObject(field.type);
      if (inner !== undefined) visit(inner, effectiveStatus(field, limit));
    }
  }
}

/** The status of a field in an object whose fields can be `limit` at best. */
export function effectiveStatus({ status }: FieldSchema, limit: FieldStatus): FieldStatus {
  return ranks.indexOf(status) < ranks.indexOf(limit) ? status : limit;
}

/** The object that a value of this type is, or holds in its lists and maps. */
export function innerObject(type: TypeSchema): ObjectSchema | undefined {
  if (type.form === "object") return type;
  if (type.form === "list") return innerObject(type.item);
  return type.form === "map" ? innerObject(type.value) : undefined;
}
