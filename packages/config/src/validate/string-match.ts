import { RE2JS } from "re2js";
import type { StringMatchSpec } from "../spec/virtual-service.ts";
import type { Place } from "./place.ts";

/** Istio's limit for a pattern, in characters. */
const maxRegexLength = 1_024;

/**
 * Instructions of a compiled pattern from which on a text of 8 KiB, made for it, costs a tenth of a second: the time
 * is linear in the text, and in this.
 */
const largeProgram = 500;

/** Checks a matcher of which an empty prefix would match everything by accident. */
export function checkStringMatch(match: StringMatchSpec | undefined, place: Place): void {
  if (match?.prefix === "")
    place.error('the prefix is empty: it would match everything; use "{}" or leave the matcher out');
  checkStringMatchAllowingEmpty(match, place);
}

/** The same where an empty prefix may stand for everything: uri. */
export function checkStringMatchAllowingEmpty(match: StringMatchSpec | undefined, place: Place): void {
  if (match === undefined) return;
  const kinds = Object.keys(match);
  if (kinds.length > 1) place.error(`${kinds.join(" and ")} exclude each other: a matcher has one kind`);
  if (match.regex !== undefined) checkRegex(match.regex, place.field("regex"));
}

/** Checks a pattern: RE2 syntax, not empty, not endless. */
export function checkRegex(pattern: string, place: Place): void {
  if (pattern === "") place.error("the regex is empty: it would match nothing but the empty text");
  else if (pattern.length > maxRegexLength)
    place.error(`the regex has ${pattern.length} characters: at most ${maxRegexLength}`);
  else {
    const compiled = compile(pattern);
    if (typeof compiled === "string") place.error(`"${pattern}" is not RE2 syntax: ${compiled}`);
    else if (compiled.size > largeProgram)
      place.warn(`"${pattern}" compiles to ${compiled.size} steps, each a cost per character: repeat less`);
  }
}

/** Its size in instructions, or why it cannot be compiled. */
function compile(pattern: string): { readonly size: number } | string {
  try {
    return { size: RE2JS.compile(pattern).programSize() };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
