import { namespaceOf } from "../../policy/resource-order.ts";
import type { AnalysisContext } from "../analysis-context.ts";
import type { Check } from "../check.ts";
import { destinationsOf } from "../destinations.ts";

/** Subsets that destinations name. */
export const destinationSubsets: Check = {
  name: "destination-subsets",
  description: "subsets that VirtualServices and ResiliencePolicies name are in a DestinationRule for their host",
  codes: ["IST0101"],
  onWrite: true,
  run(context, report) {
    for (const resource of context.ofKind("VirtualService")) {
      for (const { path, destination } of destinationsOf(resource.spec)) {
        const { host = "", subset } = destination;
        const message = findMissingSubset(context, host, subset, namespaceOf(resource));
        if (message !== undefined) report("IST0101", resource, `${path}.subset`, message);
      }
    }
    for (const resource of context.ofKind("ResiliencePolicy")) {
      const { host = "", subset, fallback } = resource.spec;
      const namespace = namespaceOf(resource);
      const own = findMissingSubset(context, host, subset, namespace);
      if (own !== undefined) report("IST0101", resource, "spec.subset", own);
      const other = fallback?.destination;
      const missing = findMissingSubset(context, other?.host ?? "", other?.subset, namespace);
      if (missing !== undefined) report("IST0101", resource, "spec.fallback.destination.subset", missing);
    }
  },
};

/** What to say of a subset that is not there; undefined for one that is, or of which nothing can be known. */
function findMissingSubset(
  context: AnalysisContext,
  written: string,
  subset: string | undefined,
  namespace: string,
): string | undefined {
  if (subset === undefined || subset === "" || written === "") return undefined;
  const host = context.resolve(written, namespace);
  const rules = context.rulesFor(host);
  // An unknown host is another finding; where neither service nor rule is known, the rule may be elsewhere.
  if (context.isUnknownHost(host, namespace)) return undefined;
  if (rules.length === 0 && context.service(host, namespace) === undefined) return undefined;
  const names = new Set(rules.flatMap(({ spec }) => (spec.subsets ?? []).map(({ name }) => name)));
  if (names.has(subset)) return undefined;
  const known = names.size === 0 ? "none has any" : `known are ${[...names].join(", ")}`;
  return `no DestinationRule for ${host} has a subset "${subset}", ${known}: requests to it are answered 503 NC`;
}
