import type { ClusterRef, ResiliencePolicy } from "@intramesh/core";
import { type ResilienceBlocks, translateResiliencePolicy } from "../resilience-policy/translate-resilience-policy.ts";
import type { WrittenPolicy } from "../resilience-policy/written-policy.ts";
import type { Resource } from "../resource.ts";
import { resolveHost } from "./host-name.ts";
import { lazy } from "./lazy.ts";
import { compareByAge, nameOf, namespaceOf } from "./resource-order.ts";

type Written = Resource<WrittenPolicy>;

/** Finds what the ResiliencePolicies say of a cluster. */
export interface ResiliencePolicies {
  /** Undefined where none is for it. The same object for the same resources. */
  find(ref: ClusterRef): ResiliencePolicy | undefined;
}

/** Where policies are looked for. */
export interface ResilienceScope {
  readonly clientNamespace: string;
  readonly rootNamespace: string;
  readonly domain: string;
  /** Undefined where nobody declared the host. */
  serviceNamespace(host: string): string | undefined;
}

/**
 * A policy is looked for in the client's namespace, the service's and the root namespace; the first that has any for
 * the host has the word, as with DestinationRules. There each block comes from the most specific policy that writes
 * it: those for the subset before those for the whole host, then the older.
 */
export function createResiliencePolicies(resources: readonly Resource[], scope: ResilienceScope): ResiliencePolicies {
  const byHost = lazy(() => indexByHost(resources, scope.domain));
  return {
    find({ host, subset }) {
      const policies = byHost().get(host);
      if (policies === undefined) return undefined;
      const namespaces = [scope.clientNamespace, scope.serviceNamespace(host), scope.rootNamespace];
      for (const namespace of namespaces) {
        const own = policies.filter((policy) => namespaceOf(policy) === namespace);
        if (own.length > 0) return join(chooseFor(subset, own), scope.domain);
      }
      return undefined;
    },
  };
}

function indexByHost(resources: readonly Resource[], domain: string): ReadonlyMap<string, readonly Written[]> {
  const byHost = new Map<string, Written[]>();
  for (const resource of resources) {
    if (resource.kind !== "ResiliencePolicy") continue;
    // Its kind says what its spec is: it has been checked.
    const policy = resource as Written;
    const host = resolveHost(policy.spec.host ?? "", namespaceOf(policy), domain);
    const known = byHost.get(host);
    if (known === undefined) byHost.set(host, [policy]);
    else known.push(policy);
  }
  return byHost;
}

function chooseFor(subset: string | undefined, policies: readonly Written[]): readonly Written[] {
  const rank = ({ spec }: Written): number => (spec.subset === undefined ? 1 : 0);
  return policies
    .filter(({ spec }) => spec.subset === undefined || spec.subset === subset)
    .sort((one, other) => rank(one) - rank(other) || compareByAge(one, other));
}

/** What policies mean together that have not changed, by the first of them; it is the first of one list at a time. */
const joined = new WeakMap<Written, Joined>();

interface Joined {
  readonly policies: readonly Written[];
  readonly domain: string;
  readonly result: ResiliencePolicy;
}

function join(policies: readonly Written[], domain: string): ResiliencePolicy | undefined {
  const first = policies[0];
  if (first === undefined) return undefined;
  const known = joined.get(first);
  if (known !== undefined && known.domain === domain && sameItems(known.policies, policies)) return known.result;
  const blocks = policies.map((policy) =>
    translateResiliencePolicy(policy.spec, (host) => resolveHost(host, namespaceOf(policy), domain)),
  );
  const result = { names: policies.map(nameOf), ...joinBlocks(blocks) };
  joined.set(first, { policies, domain, result });
  return result;
}

function joinBlocks(blocks: readonly ResilienceBlocks[]): ResilienceBlocks {
  const first = <Key extends keyof ResilienceBlocks>(key: Key): ResilienceBlocks[Key] | undefined =>
    blocks.find((candidate) => candidate[key] !== undefined)?.[key];
  return {
    circuitBreaker: first("circuitBreaker"),
    bulkhead: first("bulkhead"),
    retryBudget: first("retryBudget"),
    hedging: first("hedging"),
    fallback: first("fallback"),
    collapse: first("collapse"),
    rateLimit: first("rateLimit"),
    inboundRateLimit: first("inboundRateLimit"),
    adaptiveConcurrency: first("adaptiveConcurrency"),
    loadBalancer: first("loadBalancer"),
    subsetSize: first("subsetSize"),
  };
}

function sameItems(some: readonly unknown[], others: readonly unknown[]): boolean {
  return some.length === others.length && some.every((item, at) => item === others[at]);
}
