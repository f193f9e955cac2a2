import type { MatchPolicy, NamedMatch, RequestView, StringMatch } from "@intramesh/core";
import { findQueryParam } from "./query-param.ts";
import { compileValueMatcher, matchesValue, type ValueMatcher } from "./value-matcher.ts";

/** What of a request a condition looks at. */
export type Subject = "uri" | "scheme" | "method" | "authority" | "header" | "withoutHeader" | "queryParam";

/** One thing that a match asks of a request. */
export interface Condition {
  readonly subject: Subject;
  /** Lower-case header name, or query parameter; empty for the others. */
  readonly name: string;
  readonly matcher: ValueMatcher;
}

/** The conditions of a match, cheapest first: the answer does not depend on the order. */
export function compileConditions(match: MatchPolicy): readonly Condition[] {
  const conditions: Condition[] = [];
  const one = (subject: Subject, value: StringMatch | undefined, ignoreCase = false): void => {
    if (value !== undefined) conditions.push({ subject, name: "", matcher: compileValueMatcher(value, ignoreCase) });
  };
  const each = (subject: Subject, named: readonly NamedMatch[]): void => {
    for (const { name, match: value } of named) conditions.push({ subject, name, matcher: compileValueMatcher(value) });
  };
  one("method", match.method);
  one("scheme", match.scheme);
  one("uri", match.uri, match.ignoreUriCase);
  one("authority", match.authority);
  each("header", match.headers);
  each("withoutHeader", match.withoutHeaders);
  each("queryParam", match.queryParams);
  return conditions;
}

/** Whether the request meets the condition. `path` is the normalised path without its query. */
export function holds(condition: Condition, view: RequestView, path: string): boolean {
  const value = readSubject(condition, view, path);
  if (condition.subject !== "withoutHeader") return value !== undefined && matchesValue(condition.matcher, value);
  if (condition.matcher.kind === "present") return value === undefined;
  // Envoy reads an absent header as the empty string here (treat_missing_header_as_empty).
  return !matchesValue(condition.matcher, value ?? "");
}

/** The value that the condition looks at; undefined where the request has none. */
export function readSubject(condition: Condition, view: RequestView, path: string): string | undefined {
  switch (condition.subject) {
    case "uri":
      return path;
    case "scheme":
      return view.scheme;
    case "method":
      return view.method;
    case "authority":
      return view.authority;
    case "queryParam":
      return findQueryParam(view.path, condition.name);
    default:
      return readHeader(condition.name, view);
  }
}

function readHeader(name: string, view: RequestView): string | undefined {
  if (!name.startsWith(":")) return view.header(name);
  switch (name) {
    case ":method":
      return view.method;
    case ":scheme":
      return view.scheme;
    case ":authority":
      return view.authority;
    case ":path":
      return view.path;
    default:
      return undefined;
  }
}
