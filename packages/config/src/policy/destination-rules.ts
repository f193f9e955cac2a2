import type { Resource } from "../resource.ts";
import type { DestinationRuleSpec } from "../spec/destination-rule.ts";
import { HostMap } from "./host-map.ts";
import { resolveHost } from "./host-name.ts";
import { type MergedRule, mergeRules } from "./merged-rule.ts";
import type { MeshClient } from "./mesh-client.ts";
import { namespaceOf } from "./resource-order.ts";
import { hasLabels } from "./workloads.ts";

type Rule = Resource<DestinationRuleSpec>;
type RulesByHost = HostMap<Rule[]>;

/** The rules of one namespace, as its own clients and as other namespaces see them. */
interface NamespaceRules {
  /** For clients of this namespace. */
  readonly local: RulesByHost;
  /** All but those that are private to the namespace. */
  readonly exported: RulesByHost;
  /** Those that are: the root namespace's own clients have no others of their own. */
  readonly privateOnly: RulesByHost;
}

/** Finds the DestinationRule that one client has for a service. */
export interface DestinationRules {
  find(host: string, serviceNamespace: string): MergedRule | undefined;
}

/**
 * The search goes through the client's namespace, the service's and the root namespace, and ends at the first that
 * has any rule for the host; inside it the exact host wins, then the longest wildcard.
 */
export function createDestinationRules(
  rules: readonly Rule[],
  client: MeshClient,
  mesh: { readonly domain: string; readonly rootNamespace: string },
): DestinationRules {
  const namespaces = indexByNamespace(rules, mesh.domain);
  const exportedFrom = (namespace: string, host: string): readonly MergedRule[] | undefined => {
    const group = namespaces.get(namespace)?.exported.find(host);
    if (group === undefined) return undefined;
    // The best match of the namespace decides alone: where it is not for this client, no looser one steps in.
    const visible = mergeRules(group).filter(({ exportTo }) => isExported(exportTo, client.namespace, namespace));
    return visible.length === 0 ? undefined : visible;
  };
  const ownOf = (host: string): readonly MergedRule[] | undefined => {
    const own = namespaces.get(client.namespace);
    const group = (client.namespace === mesh.rootNamespace ? own?.privateOnly : own?.local)?.find(host);
    return group === undefined ? undefined : mergeRules(group);
  };
  return {
    find(host, serviceNamespace) {
      const candidates =
        ownOf(host) ?? exportedFrom(serviceNamespace, host) ?? exportedFrom(mesh.rootNamespace, host) ?? [];
      return (
        candidates.find(({ selector }) => selector !== undefined && hasLabels(client.labels, selector)) ??
        candidates.find(({ selector }) => selector === undefined)
      );
    },
  };
}

function isExported(exportTo: readonly string[], viewer: string, owner: string): boolean {
  if (exportTo.length === 0 || exportTo.includes("*") || exportTo.includes(viewer)) return true;
  return viewer === owner && exportTo.includes(".");
}

/** Resolved hosts of rules that have not changed. */
const resolvedHosts = new WeakMap<Rule, { readonly domain: string; readonly host: string }>();

function hostOf(rule: Rule, domain: string): string {
  let resolved = resolvedHosts.get(rule);
  if (resolved?.domain !== domain) {
    resolved = { domain, host: resolveHost(rule.spec.host ?? "", namespaceOf(rule), domain) };
    resolvedHosts.set(rule, resolved);
  }
  return resolved.host;
}

function indexByNamespace(rules: readonly Rule[], domain: string): ReadonlyMap<string, NamespaceRules> {
  const namespaces = new Map<string, NamespaceRules>();
  for (const rule of rules) {
    const namespace = namespaceOf(rule);
    let index = namespaces.get(namespace);
    if (index === undefined) {
      index = { local: new HostMap(), exported: new HostMap(), privateOnly: new HostMap() };
      namespaces.set(namespace, index);
    }
    const host = hostOf(rule, domain);
    const scope = scopeOf(rule, namespace);
    if (scope.forOwn) append(index.local, host, rule);
    append(scope.isPrivate ? index.privateOnly : index.exported, host, rule);
  }
  return namespaces;
}

function scopeOf({ spec }: Rule, namespace: string): { readonly forOwn: boolean; readonly isPrivate: boolean } {
  // A rule for selected clients is for those of its own namespace.
  const exportTo = spec.workloadSelector === undefined ? (spec.exportTo ?? []) : ["."];
  const namesOwn = exportTo.includes(".") || exportTo.includes(namespace);
  return {
    forOwn: exportTo.length === 0 || exportTo.includes("*") || namesOwn,
    isPrivate: exportTo.length === 1 && namesOwn,
  };
}

function append(rules: RulesByHost, host: string, rule: Rule): void {
  const group = rules.get(host);
  if (group === undefined) rules.set(host, [rule]);
  else group.push(rule);
}
