import { findClosestName } from "./closest-name.ts";
import type { Place } from "./place.ts";

/**
 * Says whether a value has the form of `T`, and reports where it has not. Fields that `T` does not know are
 * reported too, but do not make it another type: the rest can still be checked.
 */
export type Shape<T> = (value: unknown, place: Place) => value is T;

type FieldShapes<T> = { readonly [Key in keyof T]-?: Shape<Exclude<T[Key], undefined>> };

/** Any text, the empty one too. */
export const text: Shape<string> = (value, place): value is string =>
  typeof value === "string" || refuse(value, place, "text");

/** Text that says how long. */
export const durationText: Shape<string> = (value, place): value is string =>
  typeof value === "string" || refuse(value, place, "a duration, which is text such as 5s or 1.5s");

/** True or false. */
export const flag: Shape<boolean> = (value, place): value is boolean =>
  typeof value === "boolean" || refuse(value, place, "true or false");

/** A finite number. */
export const number: Shape<number> = (value, place): value is number =>
  (typeof value === "number" && Number.isFinite(value)) || refuse(value, place, "a number");

/** A whole number, of either sign. */
export const integer: Shape<number> = (value, place): value is number =>
  Number.isInteger(value) || refuse(value, place, "a whole number");

/** A whole number between these, both included; `wanted` is what a message asks for. */
export function integerBetween(minimum: number, maximum: number, wanted: string): Shape<number> {
  return (value, place): value is number =>
    (typeof value === "number" && Number.isInteger(value) && minimum <= value && value <= maximum) ||
    refuse(value, place, wanted);
}

/** A whole number or text, as in `targetPort`. */
export const integerOrText: Shape<number | string> = (value, place): value is number | string =>
  Number.isInteger(value) || typeof value === "string" || refuse(value, place, "a whole number or text");

/** Anything: for what somebody else checks. */
export const anything: Shape<unknown> = (_value, _place): _value is unknown => true;

/** One of these words. */
export function oneOf<Word extends string>(...words: readonly Word[]): Shape<Word> {
  return (value, place): value is Word => {
    if (typeof value !== "string") return refuse(value, place, `one of ${words.join(", ")}`);
    if (words.some((word) => word === value)) return true;
    const meant = findClosestName(value, words);
    place.misfit(
      `"${value}" is not one of ${words.join(", ")}${meant === undefined ? "" : `; did you mean ${meant}?`}`,
    );
    return false;
  };
}

/** A list of one form of values. */
export function listOf<Item>(item: Shape<Item>): Shape<readonly Item[]> {
  return (value, place): value is readonly Item[] => {
    if (!Array.isArray(value)) return refuse(value, place, "a list");
    return all(value.map((element: unknown, at) => item(element, place.at(at))));
  };
}

/** Names of any kind to values of one. */
export function mapOf<Value>(entry: Shape<Value>): Shape<Readonly<Record<string, Value>>> {
  return (value, place): value is Readonly<Record<string, Value>> => {
    if (!isRecord(value)) return refuse(value, place, "a map");
    return all(Object.entries(value).map(([key, element]) => entry(element, place.at(key))));
  };
}

/** An object with these fields and no others, each of which may be missing or null. */
export function fields<T>(shapes: FieldShapes<T>): Shape<T> {
  const known: ReadonlyMap<string, Shape<unknown>> = new Map(Object.entries<Shape<unknown>>(shapes));
  return (value, place): value is T => {
    if (!isRecord(value)) return refuse(value, place, "an object");
    return all(
      Object.entries(value).map(([key, element]) => {
        const shape = known.get(key);
        if (shape === undefined) refuseField(key, place, [...known.keys()]);
        return shape === undefined || element === null || shape(element, place.field(key));
      }),
    );
  };
}

/** Whether a value is an object and no list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function refuseField(key: string, place: Place, known: readonly string[]): void {
  const meant = findClosestName(key, known);
  const hint = meant === undefined ? `known are ${known.join(", ")}` : `did you mean ${meant}?`;
  place.field(key).error(`unknown field "${key}"; ${hint}`);
}

function refuse(value: unknown, place: Place, wanted: string): false {
  place.misfit(`${wordsOf(value)} is not ${wanted}`);
  return false;
}

function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (isRecord(value)) return "an object";
  return JSON.stringify(value) ?? "nothing";
}

/** Not `every`: all elements are to be looked at. */
function all(results: readonly boolean[]): boolean {
  return !results.includes(false);
}
