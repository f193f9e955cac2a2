import { destinationRule } from "../schema/destination-rule.ts";
import type { DestinationRuleSpec, SubsetSpec } from "../spec/destination-rule.ts";
import { isIpAddress } from "./addresses.ts";
import { checkExportTo } from "./export-to.ts";
import { checkLabels, findWildcardHostFault, isHostLabel } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck, type SpecOwner } from "./spec-check.ts";
import { checkTrafficPolicy } from "./traffic-policy.ts";

/** Checks DestinationRules. */
export const destinationRuleCheck: SpecCheck = defineSpecCheck(
  shapeOf<DestinationRuleSpec>(destinationRule.spec),
  checkDestinationRule,
  [
    "trafficPolicy",
    "trafficPolicy.loadBalancer",
    "trafficPolicy.connectionPool",
    "trafficPolicy.outlierDetection",
    "trafficPolicy.tls",
    "trafficPolicy.portLevelSettings[]",
    "subsets[]",
    "subsets[].trafficPolicy",
    "subsets[].trafficPolicy.loadBalancer",
    "subsets[].trafficPolicy.connectionPool",
    "subsets[].trafficPolicy.outlierDetection",
    "subsets[].trafficPolicy.tls",
  ],
);

function checkDestinationRule(spec: DestinationRuleSpec, place: Place, owner: SpecOwner): void {
  const { host, subsets = [], exportTo } = spec;
  if (!host) place.field("host").error("is missing: name the host that the rule is for");
  else {
    const fault = isIpAddress(host) ? undefined : findWildcardHostFault(host);
    if (fault !== undefined) place.field("host").error(fault);
  }
  checkTrafficPolicy(spec.trafficPolicy, place.field("trafficPolicy"));
  for (const [at, subset] of subsets.entries())
    checkSubset(subset, subsets.slice(0, at), place.field("subsets").at(at));
  checkExportTo(exportTo, owner.namespace, place.field("exportTo"));
  if (spec.workloadSelector === undefined) return;
  checkLabels(spec.workloadSelector.matchLabels, place.field("workloadSelector").field("matchLabels"));
  const foreign = (exportTo ?? []).filter((name) => name !== "." && name !== owner.namespace);
  if (foreign.length > 0) {
    place
      .field("exportTo")
      .error(`${foreign.join(", ")}: a rule with a workloadSelector stays in its namespace; use "." or drop exportTo`);
  }
}

function checkSubset({ name, labels, trafficPolicy }: SubsetSpec, earlier: readonly SubsetSpec[], place: Place): void {
  if (!name) place.field("name").error("is missing: routes name the subset by it");
  else if (!isHostLabel(name))
    place.field("name").error(`"${name}" is not a subset name: letters, digits and inner dashes, at most 63`);
  else if (earlier.some((other) => other.name === name))
    place.field("name").error(`"${name}" is defined twice: names of subsets are unique`);
  checkLabels(labels, place.field("labels"));
  checkTrafficPolicy(trafficPolicy, place.field("trafficPolicy"));
}
