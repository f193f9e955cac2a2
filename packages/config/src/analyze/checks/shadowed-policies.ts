import { compareByAge, nameOf, namespaceOf } from "../../policy/resource-order.ts";
import type { Resource } from "../../resource.ts";
import type { DestinationRuleSpec } from "../../spec/destination-rule.ts";
import type { AnalysisContext } from "../analysis-context.ts";
import type { Check, Report } from "../check.ts";
import { groupBy } from "../group-by.ts";
import { labelsText } from "../workload-scope.ts";

/** Policies whose place another one has already: the oldest holds. */
export const shadowedPolicies: Check = {
  name: "shadowed-policies",
  description: "no DestinationRule or PeerAuthentication is empty, or taken over by an older one",
  codes: ["IST0167"],
  onWrite: false,
  run(context, report) {
    const rules = groupBy(context.ofKind("DestinationRule"), (rule) => placeOf(rule, context));
    for (const group of rules.values()) checkRules([...group].sort(compareByAge), report);
    const scopes = groupBy(
      context.ofKind("PeerAuthentication"),
      (resource) => `${namespaceOf(resource)} ${labelsText(resource.spec.selector?.matchLabels)}`,
    );
    for (const group of scopes.values()) {
      const [first, ...later] = [...group].sort(compareByAge);
      for (const resource of later) {
        if (nameOf(resource) === nameOf(first!)) continue;
        report(
          "IST0167",
          resource,
          "spec",
          `PeerAuthentication ${nameOf(first!)} is older and holds for the same workloads: this one does not`,
        );
      }
    }
  },
};

/** DestinationRules with one of these are merged into one. */
function placeOf(rule: Resource<DestinationRuleSpec>, context: AnalysisContext): string {
  const { host = "", exportTo = [], workloadSelector } = rule.spec;
  const namespace = namespaceOf(rule);
  const clients = workloadSelector === undefined ? "all" : labelsText(workloadSelector.matchLabels);
  return [namespace, context.resolve(host, namespace), [...exportTo].sort().join(","), clients].join(" ");
}

function checkRules(rules: readonly Resource<DestinationRuleSpec>[], report: Report): void {
  let policyOf: Resource | undefined;
  const subsetOf = new Map<string, Resource>();
  for (const rule of rules) {
    const { trafficPolicy, subsets = [] } = rule.spec;
    if (trafficPolicy === undefined && subsets.length === 0) {
      report("IST0167", rule, "spec", "has neither a trafficPolicy nor subsets: it says nothing");
    }
    if (trafficPolicy !== undefined) {
      if (policyOf === undefined) policyOf = rule;
      else if (nameOf(policyOf) !== nameOf(rule))
        report(
          "IST0167",
          rule,
          "spec.trafficPolicy",
          `is not used: DestinationRule ${nameOf(policyOf)} is older and has one for the same host`,
        );
    }
    for (const [at, { name = "" }] of subsets.entries()) {
      const older = subsetOf.get(name);
      if (older === undefined) subsetOf.set(name, rule);
      else if (nameOf(older) !== nameOf(rule)) {
        report(
          "IST0167",
          rule,
          `spec.subsets[${at}]`,
          `is not used: DestinationRule ${nameOf(older)} is older and has a subset "${name}" for the same host`,
        );
      }
    }
  }
}
