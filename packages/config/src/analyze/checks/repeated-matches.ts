import type { HttpMatchRequest } from "../../spec/virtual-service.ts";
import type { Check } from "../check.ts";

/** Matches that stand twice in one rule. Those that an earlier rule takes are validation's. */
export const repeatedMatches: Check = {
  name: "repeated-matches",
  description: "no http rule has a match twice, or one beside a wider one",
  codes: ["IST0131"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("VirtualService")) {
      for (const [at, { match = [] }] of (resource.spec.http ?? []).entries()) {
        for (const [position, entry] of match.entries()) {
          const by = match.slice(0, position).findIndex((earlier) => takes(earlier, entry));
          if (by < 0) continue;
          const path = `spec.http[${at}].match[${position}]`;
          report("IST0131", resource, path, `has no effect: match[${by}] of the same rule takes what it matches`);
        }
      }
    }
  },
};

/** Whether the matches ask the same, but for their names and a shorter prefix. */
function takes(earlier: HttpMatchRequest, later: HttpMatchRequest): boolean {
  if (conditionsOf(earlier) !== conditionsOf(later)) return false;
  if (JSON.stringify(earlier.uri) === JSON.stringify(later.uri)) return true;
  const text = later.uri?.exact ?? later.uri?.prefix;
  const prefix = earlier.uri?.prefix;
  return prefix !== undefined && text?.startsWith(prefix) === true;
}

/** All but the path and what only labels a match, whatever the order of the fields. */
function conditionsOf({ name: _, statPrefix: __, uri: ___, ...conditions }: HttpMatchRequest): string {
  return JSON.stringify(Object.entries(conditions).sort(([one], [other]) => (one < other ? -1 : 1)));
}
