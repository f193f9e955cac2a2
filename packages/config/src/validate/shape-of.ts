import type { TypeSchema, WireType } from "../schema/field-schema.ts";
import { wireRange } from "../schema/wire-range.ts";
import {
  anything,
  durationText,
  fields,
  flag,
  integer,
  integerBetween,
  integerOrText,
  listOf,
  mapOf,
  number,
  oneOf,
  type Shape,
  text,
} from "./shape.ts";

/** The check of the form that a schema describes; `T` is the type that is generated from that schema. */
export function shapeOf<T>(schema: TypeSchema): Shape<T> {
  // Types and shapes are made from the same table; a test holds the types against it.
  return shapeOfValue(schema) as Shape<T>;
}

/** Rules say more of values that fit; `least` is what they ask for. */
function wholeNumberOf(wire: WireType, least: number | undefined): Shape<number> {
  const { minimum, maximum } = wireRange[wire];
  return integerBetween(minimum, maximum, `a whole number from ${least ?? minimum} to ${maximum}`);
}

function shapeOfValue(schema: TypeSchema): Shape<unknown> {
  switch (schema.form) {
    case "text":
      return schema.format === "duration" ? durationText : text;
    case "flag":
      return flag;
    case "number":
      return number;
    case "integer":
      return schema.wire === undefined ? integer : wholeNumberOf(schema.wire, schema.minimum);
    case "integer-or-text":
      return integerOrText;
    case "anything":
      return anything;
    case "words":
      return oneOf(...schema.words);
    case "list":
      return listOf(shapeOfValue(schema.item));
    case "map":
      return mapOf(shapeOfValue(schema.value));
    case "object":
      return fields<Readonly<Record<string, unknown>>>(
        Object.fromEntries(Object.entries(schema.fields).map(([name, { type }]) => [name, shapeOfValue(type)])),
      );
  }
}
