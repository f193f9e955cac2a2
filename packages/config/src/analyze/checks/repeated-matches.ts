import type { HttpMatchRequest } from "../../spec/virtual-service.ts";
import type { Check } from "../check.ts";

/** Matches that an earlier one takes, in their rule or in one before it. */
export const repeatedMatches: Check = {
  name: "repeated-matches",
  description: "no match of an http rule stands behind the same one, or a wider one",
  codes: ["IST0131"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("VirtualService")) {
      const earlier = new Map<string, Placed[]>();
      for (const [at, { match = [], delegate }] of (resource.spec.http ?? []).entries()) {
        // Nothing comes to rules behind one that takes everything: validation says so.
        if (match.length === 0 && delegate === undefined) break;
        const own: Placed[] = [];
        for (const [position, entry] of match.entries()) {
          const conditions = conditionsOf(entry);
          const name = `http[${at}].match[${position}]`;
          const by = [...(earlier.get(conditions) ?? []), ...own].find(
            (other) => other.conditions === conditions && takesPath(other.match, entry),
          );
          if (by !== undefined) {
            report("IST0131", resource, `spec.${name}`, `has no effect: ${by.name} takes what it matches`);
          }
          own.push({ match: entry, conditions, name });
        }
        // What a delegate takes is not known here.
        for (const placed of delegate === undefined ? own : []) {
          earlier.set(placed.conditions, [...(earlier.get(placed.conditions) ?? []), placed]);
        }
      }
    }
  },
};

interface Placed {
  readonly match: HttpMatchRequest;
  readonly conditions: string;
  /** `http[0].match[1]` */
  readonly name: string;
}

/** Whether the path of an earlier match is the same, or its prefix is one of the later path. */
function takesPath(earlier: HttpMatchRequest, later: HttpMatchRequest): boolean {
  if (JSON.stringify(earlier.uri) === JSON.stringify(later.uri)) return true;
  const text = later.uri?.exact ?? later.uri?.prefix;
  const prefix = earlier.uri?.prefix;
  return prefix !== undefined && text?.startsWith(prefix) === true;
}

/** All but the path and what only labels a match, whatever the order of the fields. */
function conditionsOf({ name: _, statPrefix: __, uri: ___, ...conditions }: HttpMatchRequest): string {
  return JSON.stringify(Object.entries(conditions).sort(([one], [other]) => (one < other ? -1 : 1)));
}
