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
          const placed = { match: entry, conditions: conditionsOf(entry), name: `http[${at}].match[${position}]` };
          const by = [...(earlier.get(keyOf(placed)) ?? []), ...own].find((other) => takes(other, placed));
          if (by !== undefined) {
            report("IST0131", resource, `spec.${placed.name}`, `has no effect: ${by.name} takes what it matches`);
          }
          own.push(placed);
        }
        // What a delegate takes is not known here.
        for (const placed of delegate === undefined ? own : []) {
          earlier.set(keyOf(placed), [...(earlier.get(keyOf(placed)) ?? []), placed]);
        }
      }
    }
  },
};

interface Placed {
  readonly match: HttpMatchRequest;
  /** All that it asks for but the path, one text for each field, sorted. */
  readonly conditions: readonly string[];
  /** `http[0].match[1]` */
  readonly name: string;
}

/** Matches with one key ask for the same, but for the path. */
function keyOf({ conditions }: Placed): string {
  return conditions.join("\n");
}

/** Whether the later match asks for all that the earlier does, on the same path or below its prefix. */
function takes(earlier: Placed, later: Placed): boolean {
  if (!earlier.conditions.every((condition) => later.conditions.includes(condition))) return false;
  const [one, other] = [earlier.match.uri, later.match.uri];
  if (one === undefined || JSON.stringify(one) === JSON.stringify(other)) return ignoresCaseAlike(earlier, later);
  const text = other?.exact ?? other?.prefix;
  return one.prefix !== undefined && text?.startsWith(one.prefix) === true && ignoresCaseAlike(earlier, later);
}

/** A path in any case is another condition than the path as it is written. */
function ignoresCaseAlike({ match: one }: Placed, { match: other }: Placed): boolean {
  return (one.ignoreUriCase ?? false) === (other.ignoreUriCase ?? false);
}

/** What labels a match does not count, nor does the order of the fields. */
function conditionsOf({
  name: _,
  statPrefix: __,
  uri: ___,
  ignoreUriCase: ____,
  ...conditions
}: HttpMatchRequest): readonly string[] {
  return Object.entries(conditions)
    .map((entry) => JSON.stringify(entry))
    .sort();
}
