import type { MatchPolicy, RequestView, StringMatch } from "@intramesh/core";
import type { CompiledRoute, HostRoutes } from "../compiled-route.ts";
import { type Condition, compileConditions, holds, readSubject } from "../condition.ts";
import { barePath } from "../path-parts.ts";

/** How the rules of a host were gone through: a line for each match up to the one taken, with expected and actual. */
export function explainMatches(
  host: HostRoutes,
  view: RequestView,
  port: number,
  taken: CompiledRoute | undefined,
): readonly string[] {
  const lines: string[] = [];
  for (const policy of host.virtualHost?.routes ?? []) {
    const rule = `http[${policy.index}]${policy.name === undefined ? "" : ` "${policy.name}"`}`;
    if (policy.matches.length === 0) lines.push(`${rule}: match-all`);
    for (const match of policy.matches) {
      const isTaken = taken?.policy === policy && taken.match === match;
      lines.push(`${rule}.match[${match.index}]: ${explainMatch(match, view, port, isTaken)}`);
      if (isTaken) return lines;
    }
    if (taken?.policy === policy) return lines;
  }
  return lines;
}

function explainMatch(match: MatchPolicy, view: RequestView, port: number, isTaken: boolean): string {
  if (match.excluded !== undefined) return `not for this caller: ${match.excluded}`;
  if (match.port !== undefined && match.port !== port) return `port ${match.port}: called is ${port}`;
  const path = barePath(view.path);
  const conditions = compileConditions(match);
  const shown = isTaken ? conditions : conditions.filter((condition) => !holds(condition, view, path));
  if (shown.length === 0) return isTaken ? "matches, it asks for nothing of the request" : "matches";
  const parts = shown.map((condition) => explainCondition(condition, match, readSubject(condition, view, path)));
  return `${isTaken ? "matches: " : ""}${parts.join("; ")}`;
}

const subjectWords: Readonly<Record<Condition["subject"], string>> = {
  uri: "uri",
  scheme: "scheme",
  method: "method",
  authority: "authority",
  header: "headers",
  withoutHeader: "withoutHeaders",
  queryParam: "queryParams",
};

function explainCondition(condition: Condition, match: MatchPolicy, actual: string | undefined): string {
  const name = condition.name === "" ? "" : ` ${condition.name}`;
  const ignoresCase = condition.subject === "uri" && match.ignoreUriCase ? " (ignoring case)" : "";
  const expected = `${subjectWords[condition.subject]}${name} ${wordsOf(condition.matcher)}${ignoresCase}`;
  return `${expected}: ${actual === undefined ? "absent" : actual === "" ? "empty" : actual}`;
}

function wordsOf(match: Pick<StringMatch, "kind"> & { readonly value: string }): string {
  return match.kind === "present" ? "present" : `${match.kind} ${match.value === "" ? '""' : match.value}`;
}
