import type { Resource } from "../../resource.ts";
import type { L4Match, TlsMatch, VirtualServiceSpec } from "../../spec/virtual-service.ts";
import type { Check, Report } from "../check.ts";

/** Rules of tls and tcp that nothing comes to. Those of http are validation's, which has to look at patterns. */
export const l4Rules: Check = {
  name: "l4-rules",
  description: "no rule of tls or tcp stands behind one that takes everything that it matches",
  codes: ["IST0130", "IST0131"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("VirtualService")) {
      checkRules(resource, "tls", report);
      checkRules(resource, "tcp", report);
    }
  },
};

function checkRules(resource: Resource<VirtualServiceSpec>, protocol: "tls" | "tcp", report: Report): void {
  /** Matches that have been, as text, to the rule that has them. */
  const earlier = new Map<string, number>();
  let catchAll: number | undefined;
  for (const [at, { match = [] }] of (resource.spec[protocol] ?? []).entries()) {
    const path = `spec.${protocol}[${at}]`;
    if (catchAll !== undefined) {
      report(
        "IST0130",
        resource,
        path,
        `is never reached: ${protocol}[${catchAll}] takes every connection; move it behind this rule`,
      );
      continue;
    }
    if (match.length === 0) {
      catchAll = at;
      continue;
    }
    const taken = match.map((entry) => earlier.get(keyOf(entry)));
    if (taken.every((by) => by !== undefined)) {
      const rules = [...new Set(taken.map((by) => `${protocol}[${by}]`))].join(", ");
      report("IST0130", resource, path, `is never reached: ${rules} takes everything that it matches`);
    }
    for (const [position, entry] of match.entries()) {
      const key = keyOf(entry);
      const by = earlier.get(key);
      if (by === undefined) earlier.set(key, at);
      else {
        const message = `has no effect: ${protocol}[${by}] takes what it matches`;
        report("IST0131", resource, `${path}.match[${position}]`, message);
      }
    }
  }
}

/** The same for matches that ask the same, whatever the order of their fields. */
function keyOf(match: L4Match | TlsMatch): string {
  return JSON.stringify(Object.entries(match).sort(([one], [other]) => (one < other ? -1 : 1)));
}
