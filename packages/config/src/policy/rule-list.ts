import { type Replacement, VersionedMap, type VirtualHostPolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { resolveDelegates } from "./delegation.ts";
import { resolveHost } from "./host-name.ts";
import { hostsOf, layer4Of, type TranslateRules, virtualHost } from "./mesh-virtual-hosts.ts";
import type { PlacedRoute } from "./placed-route.ts";
import { nameOf, namespaceOf } from "./resource-order.ts";
import type { RouteContext } from "./route-context.ts";
import type { TouchedHosts } from "./touched-hosts.ts";
import { translateRoute } from "./translate-route.ts";
import { compareRanked, type RankedRules } from "./virtual-service-order.ts";

type VirtualService = Resource<VirtualServiceSpec>;

/** The rules of one VirtualService as the client sees them. */
interface PlacedRules extends RankedRules {
  readonly policy: VirtualHostPolicy;
  /** Undefined while they are in force: then the newest version translates them, which says the same as all since. */
  translatedBy: RulesVersion | undefined;
}

/** What rules are translated with. */
interface RulesVersion {
  readonly virtualServices: VersionedMap<string, VirtualService>;
  readonly context: RouteContext;
}

/** Where more than this many come at once, sorting is cheaper than finding the place of each. */
const manyArrivals = 64;

/** The VirtualServices that one client goes by, in the order of their right to a host, from change to change. */
export class RuleList {
  readonly #domain: string;
  readonly #rankOf: (resource: VirtualService) => number | undefined;
  readonly #dependents: RuleDependents;
  #placed: readonly PlacedRules[] = [];
  #version: RulesVersion | undefined;

  /** `rankOf` is undefined for VirtualServices that the client does not see. */
  constructor(domain: string, rankOf: (resource: VirtualService) => number | undefined) {
    this.#domain = domain;
    this.#rankOf = rankOf;
    this.#dependents = new RuleDependents(domain);
  }

  /** Sorted; the array is never changed. */
  get virtualHosts(): readonly VirtualHostPolicy[] {
    return this.#placed.map(({ policy }) => policy);
  }

  get ordered(): readonly VirtualService[] {
    return this.#placed.map(({ resource }) => resource);
  }

  /** Rules of a VirtualService, delegates resolved, as the newest version has them. */
  readonly translate: TranslateRules = (resource) => translateRules(resource, this.#version!);

  /** Takes changes over. Rules that send to `touched` hosts are translated anew: retries depend on clusters. */
  update(
    replaced: readonly Replacement<VirtualService>[],
    touched: TouchedHosts,
    context: RouteContext,
  ): readonly Replacement<VirtualHostPolicy>[] {
    const before = this.#version;
    const known = before?.virtualServices ?? new VersionedMap<string, VirtualService>();
    const stale = this.#dependents.update(replaced, touched);
    const previous = new Map([...stale].map((name) => [name, known.get(name)]));
    const virtualServices = known.with(replaced.map(({ before: old, after }) => [nameOf((after ?? old)!), after]));
    this.#version = { virtualServices, context };
    const placed = [...this.#placed];
    const arrivals: PlacedRules[] = [];
    const replacements: Replacement<VirtualHostPolicy>[] = [];
    for (const name of stale) {
      const gone = this.#remove(placed, previous.get(name));
      if (gone !== undefined) gone.translatedBy = before;
      const come = this.#place(virtualServices.get(name));
      if (come !== undefined) arrivals.push(come);
      if (gone !== come) replacements.push({ before: gone?.policy, after: come?.policy });
    }
    insert(placed, arrivals);
    this.#placed = placed;
    return replacements;
  }

  #remove(placed: PlacedRules[], resource: VirtualService | undefined): PlacedRules | undefined {
    const rank = resource === undefined ? undefined : this.#rankOf(resource);
    if (resource === undefined || rank === undefined) return undefined;
    const at = findPlace(placed, { rank, resource });
    return placed[at]?.resource === resource ? placed.splice(at, 1)[0] : undefined;
  }

  #place(resource: VirtualService | undefined): PlacedRules | undefined {
    const rank = resource === undefined ? undefined : this.#rankOf(resource);
    if (resource === undefined || rank === undefined) return undefined;
    const rules: PlacedRules = {
      rank,
      resource,
      translatedBy: undefined,
      policy: virtualHost(
        nameOf(resource),
        undefined,
        hostsOf(resource, this.#domain),
        () => translateRules(resource, rules.translatedBy ?? this.#version!),
        layer4Of(resource),
      ),
    };
    return rules;
  }
}

/** Hosts that rules send requests to, which are visible with them. Looks into all of them. */
export function destinationHosts(
  roots: readonly VirtualService[],
  virtualServices: ReadonlyMap<string, VirtualService>,
  domain: string,
): ReadonlySet<string> {
  const place = (root: VirtualService): readonly PlacedRoute[] =>
    resolveDelegates(root, domain, (name) => virtualServices.get(name));
  return new Set(roots.flatMap(place).flatMap(destinationsOf));
}

function destinationsOf({ spec }: PlacedRoute): readonly string[] {
  const destinations = [
    ...(spec.route ?? []).map(({ destination }) => destination),
    ...(spec.mirrors ?? []).map(({ destination }) => destination),
    spec.mirror,
  ];
  return destinations.map((destination) => destination?.host).filter((host) => host !== undefined);
}

function translateRules(
  resource: VirtualService,
  { virtualServices, context }: RulesVersion,
): ReturnType<TranslateRules> {
  const root = { name: nameOf(resource), namespace: namespaceOf(resource) };
  const placed = resolveDelegates(resource, context.settings.domain, (name) => virtualServices.get(name));
  return placed.map((route) => translateRoute(route, root, context));
}

function insert(placed: PlacedRules[], arrivals: readonly PlacedRules[]): void {
  if (arrivals.length > manyArrivals) {
    placed.push(...arrivals);
    placed.sort(compareRanked);
    return;
  }
  for (const rules of arrivals) placed.splice(findPlace(placed, rules), 0, rules);
}

/** Where the rules stand, or would. */
function findPlace(placed: readonly RankedRules[], rules: RankedRules): number {
  let low = 0;
  let high = placed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareRanked(placed[middle]!, rules) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Names by key; one by itself, as nearly all are, has no set of its own. */
type Names = Map<string, string | Set<string>>;

/** Which VirtualServices mean something else when another resource changes; all by `namespace/name`. */
class RuleDependents {
  readonly #domain: string;
  /** By host that they send to. */
  readonly #bySent: Names = new Map();
  /** By delegate. */
  readonly #byDelegate: Names = new Map();

  constructor(domain: string) {
    this.#domain = domain;
  }

  update(replaced: readonly Replacement<VirtualService>[], touched: TouchedHosts): ReadonlySet<string> {
    const stale = new Set<string>();
    for (const { before, after } of replaced) {
      const name = nameOf((after ?? before)!);
      stale.add(name);
      if (before !== undefined) this.#visit(before, (names, key) => drop(names, key, name));
      if (after !== undefined) this.#visit(after, (names, key) => add(names, key, name));
    }
    for (const names of touched.valuesIn(this.#bySent)) for (const name of eachName(names)) stale.add(name);
    for (const name of [...stale]) for (const root of eachName(this.#byDelegate.get(name))) stale.add(root);
    return stale;
  }

  #visit(resource: VirtualService, visit: (names: Names, key: string) => void): void {
    const namespace = namespaceOf(resource);
    for (const { route, delegate } of resource.spec.http ?? []) {
      if (delegate !== undefined) visit(this.#byDelegate, `${delegate.namespace || namespace}/${delegate.name}`);
      for (const { destination } of route ?? []) {
        if (destination?.host !== undefined) {
          visit(this.#bySent, resolveHost(destination.host, namespace, this.#domain));
        }
      }
    }
  }
}

function eachName(names: string | Set<string> | undefined): Iterable<string> {
  return typeof names === "string" ? [names] : (names ?? []);
}

function add(names: Names, key: string, name: string): void {
  const known = names.get(key);
  if (known === undefined || known === name) names.set(key, name);
  else if (typeof known === "string") names.set(key, new Set([known, name]));
  else known.add(name);
}

function drop(names: Names, key: string, name: string): void {
  const known = names.get(key);
  if (known === name) names.delete(key);
  if (typeof known !== "object") return;
  known.delete(name);
  if (known.size === 0) names.delete(key);
}
