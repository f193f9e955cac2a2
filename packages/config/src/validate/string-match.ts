import { RE2JS } from "re2js";
import type { StringMatchSpec } from "../spec/virtual-service.ts";
import type { Place } from "./place.ts";

/** Istio's limit for a pattern, in characters. */
const maxRegexLength = 1_024;

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
    const fault = findRegexFault(pattern);
    if (fault !== undefined) place.error(`"${pattern}" is not RE2 syntax: ${fault}`);
  }
}

function findRegexFault(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
