import type { HttpMatchRequest, HttpRoute } from "../spec/virtual-service.ts";
import type { Place } from "./place.ts";

/** Istio's codes for rules and matches that no request comes to. */
const unreachableRule = "IST0130";
const ineffectiveMatch = "IST0131";

/** Warns of rules behind a catch-all and of matches that earlier rules take already. */
export function warnOfUnreachableRules(routes: readonly HttpRoute[], place: Place): void {
  const earlier: { readonly rule: number; readonly match: HttpMatchRequest }[] = [];
  let catchAll: number | undefined;
  for (const [at, route] of routes.entries()) {
    const matches = route.match ?? [];
    if (catchAll !== undefined) {
      place
        .at(at)
        .warn(`is never reached: http[${catchAll}] takes every request; move it behind this rule`, unreachableRule);
      continue;
    }
    const taken = matches.map((match) => earlier.find((other) => covers(other.match, match)));
    warnOfTakenMatches(taken, place.at(at));
    // What a delegate takes is not known here.
    if (route.delegate !== undefined) continue;
    if (matches.length === 0) catchAll = at;
    for (const match of matches) earlier.push({ rule: at, match });
  }
}

/** The same for rules below HTTP, of which only equal matches are compared. */
export function warnOfUnreachableL4Rules(
  rules: readonly { readonly match?: readonly unknown[] }[],
  place: Place,
): void {
  const earlier = new Map<string, number>();
  let catchAll: number | undefined;
  for (const [at, { match = [] }] of rules.entries()) {
    const taken = catchAll ?? (match.length > 0 ? takenBy(match, earlier) : undefined);
    if (taken !== undefined)
      place.at(at).warn(`is never reached: rule [${taken}] takes what it matches; move it forward`, unreachableRule);
    if (match.length === 0) catchAll ??= at;
    for (const entry of match) if (!earlier.has(JSON.stringify(entry))) earlier.set(JSON.stringify(entry), at);
  }
}

/** The last of the rules that take all of these matches; undefined where one of them is left. */
function takenBy(matches: readonly unknown[], earlier: ReadonlyMap<string, number>): number | undefined {
  const rules = matches.map((entry) => earlier.get(JSON.stringify(entry)));
  return rules.every((rule) => rule !== undefined) ? Math.max(...rules) : undefined;
}

function warnOfTakenMatches(taken: readonly ({ readonly rule: number } | undefined)[], place: Place): void {
  if (taken.length > 0 && taken.every((by) => by !== undefined)) {
    const rules = [...new Set(taken.map((by) => `http[${by?.rule}]`))].join(", ");
    place.warn(`is never reached: ${rules} takes everything that it matches`, unreachableRule);
    return;
  }
  for (const [at, by] of taken.entries()) {
    if (by !== undefined)
      place.field("match").at(at).warn(`has no effect: http[${by.rule}] takes what it matches`, ineffectiveMatch);
  }
}

/** Fields of a match that do not narrow it. */
const labelling: ReadonlySet<string> = new Set(["name", "statPrefix", "uri", "ignoreUriCase"]);

/** Whether every request that meets `later` meets `earlier` too, as far as can be told without comparing patterns. */
function covers(earlier: HttpMatchRequest, later: HttpMatchRequest): boolean {
  if (!coversUri(earlier, later)) return false;
  return Object.entries(earlier).every(([key, asked]) => {
    if (labelling.has(key)) return true;
    const other: unknown = Object.entries(later).find(([name]) => name === key)?.[1];
    return isAskedBy(asked, other);
  });
}

function coversUri(earlier: HttpMatchRequest, later: HttpMatchRequest): boolean {
  if (earlier.uri === undefined) return true;
  if ((earlier.ignoreUriCase ?? false) !== (later.ignoreUriCase ?? false)) return false;
  if (JSON.stringify(earlier.uri) === JSON.stringify(later.uri)) return true;
  const text = later.uri?.exact ?? later.uri?.prefix;
  if (earlier.uri.prefix === undefined || text === undefined) return false;
  return text.startsWith(earlier.uri.prefix);
}

/** Maps narrow entry by entry; all else must be the same. */
function isAskedBy(asked: unknown, other: unknown): boolean {
  if (typeof asked !== "object" || asked === null || Array.isArray(asked)) {
    return JSON.stringify(asked) === JSON.stringify(other);
  }
  const others = new Map(Object.entries(typeof other === "object" && other !== null ? other : {}));
  return Object.entries(asked).every(([key, value]) => JSON.stringify(value) === JSON.stringify(others.get(key)));
}
