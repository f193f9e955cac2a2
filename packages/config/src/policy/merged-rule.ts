import type { Labels } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { DestinationRuleSpec, SubsetSpec, TrafficPolicy } from "../spec/destination-rule.ts";
import { compareByAge, nameOf } from "./resource-order.ts";

type Rule = Resource<DestinationRuleSpec>;

/** DestinationRules for one host that count as one. */
export interface MergedRule {
  /** `namespace/name` of each, the leading one first. */
  readonly names: readonly string[];
  readonly trafficPolicy: TrafficPolicy | undefined;
  readonly subsets: ReadonlyMap<string, SubsetSpec>;
  readonly exportTo: readonly string[];
  /** Labels of the clients for which it is; undefined: for all. */
  readonly selector: Labels | undefined;
}

/** Merges of rules that have not changed, by the first of them. */
const merged = new WeakMap<Rule, { readonly rules: readonly Rule[]; readonly result: readonly MergedRule[] }>();

/**
 * Merges the rules that one namespace has for one host. Those with equal exportTo and selector unite their subsets,
 * the first of a name stands; the traffic policy is that of the first that has one. With a selector come before
 * those without, then the older.
 */
export function mergeRules(rules: readonly Rule[]): readonly MergedRule[] {
  const first = rules[0];
  if (first === undefined) return [];
  const known = merged.get(first);
  if (known !== undefined && known.rules.length === rules.length && known.rules.every((rule, at) => rule === rules[at]))
    return known.result;
  const result = merge(rules);
  merged.set(first, { rules, result });
  return result;
}

function merge(rules: readonly Rule[]): readonly MergedRule[] {
  const groups = new Map<string, Rule[]>();
  const rank = ({ spec }: Rule): number => (spec.workloadSelector === undefined ? 1 : 0);
  const ordered = [...rules].sort((one, other) => rank(one) - rank(other) || compareByAge(one, other));
  for (const rule of ordered) {
    const key = groupKey(rule.spec);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [rule]);
    else group.push(rule);
  }
  return [...groups.values()].map(mergeGroup);
}

function groupKey({ exportTo, workloadSelector }: DestinationRuleSpec): string {
  const labels = Object.entries(workloadSelector?.matchLabels ?? {}).sort();
  return JSON.stringify([[...(exportTo ?? [])].sort(), workloadSelector === undefined ? null : labels]);
}

function mergeGroup(rules: readonly Rule[]): MergedRule {
  const subsets = new Map<string, SubsetSpec>();
  for (const { spec } of rules) {
    for (const subset of spec.subsets ?? []) {
      const name = subset.name ?? "";
      if (!subsets.has(name)) subsets.set(name, subset);
    }
  }
  const leading = rules[0]!.spec;
  return {
    names: rules.map(nameOf),
    trafficPolicy: rules.find(({ spec }) => spec.trafficPolicy !== undefined)?.spec.trafficPolicy,
    subsets,
    exportTo: leading.exportTo ?? [],
    selector: leading.workloadSelector === undefined ? undefined : (leading.workloadSelector.matchLabels ?? {}),
  };
}
