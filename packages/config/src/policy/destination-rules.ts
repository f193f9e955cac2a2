import { type Replacement, VersionedHostMap } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { DestinationRuleSpec } from "../spec/destination-rule.ts";
import { resolveHost } from "./host-name.ts";
import { type MergedRule, mergeRules } from "./merged-rule.ts";
import type { MeshClient } from "./mesh-client.ts";
import { namespaceOf } from "./resource-order.ts";
import { hasLabels } from "./workloads.ts";

type Rule = Resource<DestinationRuleSpec>;
type RulesByHost = VersionedHostMap<readonly Rule[]>;

/** The rules of one namespace, as its own clients and as other namespaces see them. */
interface NamespaceRules {
  /** For clients of this namespace. */
  readonly local: RulesByHost;
  /** All but those that are private to the namespace. */
  readonly exported: RulesByHost;
  /** Those that are: the root namespace's own clients have no others of their own. */
  readonly privateOnly: RulesByHost;
}

/** Names and suffixes that a search for rules goes by. */
interface RuleMesh {
  readonly domain: string;
  readonly rootNamespace: string;
}

/**
 * Finds the DestinationRule that one client has for a service. The search goes through the client's namespace, the
 * service's and the root namespace, and ends at the first that has any rule for the host; inside it the exact host
 * wins, then the longest wildcard.
 */
export class DestinationRules {
  readonly #client: MeshClient;
  readonly #mesh: RuleMesh;
  readonly #namespaces: ReadonlyMap<string, NamespaceRules>;

  constructor(client: MeshClient, mesh: RuleMesh, namespaces: ReadonlyMap<string, NamespaceRules> = new Map()) {
    this.#client = client;
    this.#mesh = mesh;
    this.#namespaces = namespaces;
  }

  /** The next version. */
  with(replaced: readonly Replacement<Rule>[]): DestinationRules {
    if (replaced.length === 0) return this;
    const { domain } = this.#mesh;
    const namespaces = new Map(this.#namespaces);
    const byNamespace = new Map<string, Replacement<Rule>[]>();
    for (const replacement of replaced) {
      const namespace = namespaceOf((replacement.after ?? replacement.before)!);
      const changes = byNamespace.get(namespace);
      if (changes === undefined) byNamespace.set(namespace, [replacement]);
      else changes.push(replacement);
    }
    for (const [namespace, changes] of byNamespace) {
      const known = namespaces.get(namespace) ?? noRules();
      namespaces.set(namespace, {
        local: regroup(known.local, changes, domain, (rule) => scopeOf(rule, namespace).forOwn),
        exported: regroup(known.exported, changes, domain, (rule) => !scopeOf(rule, namespace).isPrivate),
        privateOnly: regroup(known.privateOnly, changes, domain, (rule) => scopeOf(rule, namespace).isPrivate),
      });
    }
    return new DestinationRules(this.#client, this.#mesh, namespaces);
  }

  find(host: string, serviceNamespace: string): MergedRule | undefined {
    const { labels } = this.#client;
    const candidates =
      this.#own(host) ?? this.#exported(serviceNamespace, host) ?? this.#exported(this.#mesh.rootNamespace, host) ?? [];
    return (
      candidates.find(({ selector }) => selector !== undefined && hasLabels(labels, selector)) ??
      candidates.find(({ selector }) => selector === undefined)
    );
  }

  #own(host: string): readonly MergedRule[] | undefined {
    const { namespace } = this.#client;
    const own = this.#namespaces.get(namespace);
    const group = (namespace === this.#mesh.rootNamespace ? own?.privateOnly : own?.local)?.find(host);
    return group === undefined ? undefined : mergeRules(group);
  }

  #exported(namespace: string, host: string): readonly MergedRule[] | undefined {
    const group = this.#namespaces.get(namespace)?.exported.find(host);
    if (group === undefined) return undefined;
    // The best match of the namespace decides alone: where it is not for this client, no looser one steps in.
    const visible = mergeRules(group).filter(({ exportTo }) => isExported(exportTo, this.#client.namespace, namespace));
    return visible.length === 0 ? undefined : visible;
  }
}

function noRules(): NamespaceRules {
  return { local: new VersionedHostMap(), exported: new VersionedHostMap(), privateOnly: new VersionedHostMap() };
}

function isExported(exportTo: readonly string[], viewer: string, owner: string): boolean {
  if (exportTo.length === 0 || exportTo.includes("*") || exportTo.includes(viewer)) return true;
  return viewer === owner && exportTo.includes(".");
}

/** Resolved hosts of rules that have not changed. */
const resolvedHosts = new WeakMap<Rule, { readonly domain: string; readonly host: string }>();

/** The host of a rule, a short name completed. */
export function hostOfRule(rule: Rule, domain: string): string {
  let resolved = resolvedHosts.get(rule);
  if (resolved?.domain !== domain) {
    resolved = { domain, host: resolveHost(rule.spec.host ?? "", namespaceOf(rule), domain) };
    resolvedHosts.set(rule, resolved);
  }
  return resolved.host;
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

/** Rules by host with changes taken over, of those that `counts` says. */
function regroup(
  rules: RulesByHost,
  replaced: readonly Replacement<Rule>[],
  domain: string,
  counts: (rule: Rule) => boolean,
): RulesByHost {
  const groups = new Map<string, Rule[]>();
  const groupOf = (rule: Rule): Rule[] => {
    const host = hostOfRule(rule, domain);
    let group = groups.get(host);
    if (group === undefined) {
      group = [...(rules.get(host) ?? [])];
      groups.set(host, group);
    }
    return group;
  };
  for (const { before, after } of replaced) {
    if (before !== undefined && counts(before)) {
      const group = groupOf(before);
      group.splice(group.indexOf(before), 1);
    }
    if (after !== undefined && counts(after)) groupOf(after).push(after);
  }
  // Copies are as long as they must be; what was grown by `push` is not.
  return rules.with([...groups].map(([host, group]) => [host, group.length === 0 ? undefined : group.slice()]));
}
