import type { StringMatch } from "@intramesh/core";
import { compileRegex, type Regex } from "./regex.ts";

/** A StringMatch that is ready to be asked. Data rather than a closure, so that the loop over rules stays monomorphic. */
export interface ValueMatcher {
  readonly kind: StringMatch["kind"];
  /** What to compare with, in lower case where case does not count; empty for presence. */
  readonly value: string;
  readonly ignoreCase: boolean;
  readonly regex: Regex | undefined;
}

/** `ignoreCase` concerns exact and prefix only, as in Envoy. */
export function compileValueMatcher(match: StringMatch, ignoreCase = false): ValueMatcher {
  switch (match.kind) {
    case "present":
      return { kind: "present", value: "", ignoreCase: false, regex: undefined };
    case "regex":
      return { kind: "regex", value: match.value, ignoreCase: false, regex: compileRegex(match.value) };
    default:
      return {
        kind: match.kind,
        value: ignoreCase ? match.value.toLowerCase() : match.value,
        ignoreCase,
        regex: undefined,
      };
  }
}

/** Whether a value that is there fits. */
export function matchesValue(matcher: ValueMatcher, value: string): boolean {
  switch (matcher.kind) {
    case "exact":
      return (matcher.ignoreCase ? value.toLowerCase() : value) === matcher.value;
    case "prefix":
      return (matcher.ignoreCase ? value.toLowerCase() : value).startsWith(matcher.value);
    case "regex":
      return matcher.regex?.covers(value) ?? false;
    case "present":
      return true;
  }
}
