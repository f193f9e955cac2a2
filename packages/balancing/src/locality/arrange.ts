import {
  type Endpoint,
  type LocalityNearness,
  type LocalityPolicy,
  type LocalityShare,
  localityParts,
  matchesLocality,
} from "@intramesh/core";
import type { BalancedEndpoint } from "../picker.ts";
import { weightOf } from "../weight.ts";

/** Endpoints of one locality, with the weight of all of them together. */
export interface LocalityGroup<E> {
  readonly locality: string;
  readonly weight: number;
  readonly endpoints: readonly E[];
}

/** Endpoints that come before those of the next level. */
export interface PriorityLevel<E> {
  readonly endpoints: readonly E[];
  /** Defined where the load is spread over localities first. */
  readonly localities: readonly LocalityGroup<E>[] | undefined;
}

/** Orders endpoints into priorities without gaps, as Istio's pilot/pkg/networking/core/loadbalancer does. */
export function arrangeEndpoints<E extends BalancedEndpoint>(
  policy: LocalityPolicy | undefined,
  endpoints: readonly E[],
): readonly PriorityLevel<E>[] {
  if (policy === undefined) return [{ endpoints, localities: undefined }];
  if (policy.kind === "distribute") {
    const localities = distribute(policy.shares, groupByLocality(endpoints));
    return [{ endpoints: localities.flatMap((group) => group.endpoints), localities }];
  }
  const levels = new Map<number, E[]>();
  for (const balanced of endpoints) {
    const priority = priorityOf(policy, balanced.endpoint);
    const level = levels.get(priority);
    if (level === undefined) levels.set(priority, [balanced]);
    else level.push(balanced);
  }
  const isSpread = (at: number): boolean => (policy.kind === "zones" ? at === 0 : policy.weighted);
  return [...levels]
    .sort(([one], [other]) => one - other)
    .map(([, level], at) => ({ endpoints: level, localities: isSpread(at) ? groupByLocality(level) : undefined }));
}

/** Foreign regions come in two kinds where one of them is preferred; priorities by label leave room for all five. */
const nearnessLevels = 5;

/** Own region, preferred one, others. */
const regionLevels = 3;

function priorityOf(policy: Exclude<LocalityPolicy, { readonly kind: "distribute" }>, endpoint: Endpoint): number {
  const { labels } = policy;
  let equal = 0;
  while (equal < labels.length && labelOf(endpoint, labels[equal]!.name) === labels[equal]!.value) equal += 1;
  const byLabel = labels.length - equal;
  if (policy.kind === "zones") return byLabel * regionLevels + regionDistance(policy, endpoint.locality);
  const { nearness } = policy;
  return nearness === undefined ? byLabel : byLabel * nearnessLevels + distance(nearness, endpoint.locality);
}

/** 0 own region, 1 preferred region, 2 elsewhere; 0 everywhere for a client that does not know its own. */
function regionDistance({ locality, failoverRegion }: LocalityNearness, name: string): number {
  const own = localityParts(locality).region;
  const { region } = localityParts(name);
  if (own === "" || region === own) return 0;
  return region === failoverRegion ? 1 : 2;
}

/** 0 same subzone, 1 same zone, 2 same region, 3 elsewhere; where a region is preferred it is 3 and the others are 4. */
function distance({ locality, failoverRegion }: LocalityNearness, name: string): number {
  const own = localityParts(locality);
  const other = localityParts(name);
  if (other.region !== own.region) return failoverRegion === undefined || other.region === failoverRegion ? 3 : 4;
  if (other.zone !== own.zone) return 2;
  return other.subzone === own.subzone ? 0 : 1;
}

/** Labels that Kubernetes and Istio derive from the locality. */
const topologyLabels: Readonly<Record<string, "region" | "zone" | "subzone">> = {
  "topology.kubernetes.io/region": "region",
  "topology.kubernetes.io/zone": "zone",
  "topology.istio.io/subzone": "subzone",
};

function labelOf({ labels, locality }: Endpoint, name: string): string {
  const part = topologyLabels[name];
  return labels[name] ?? (part === undefined ? "" : localityParts(locality)[part]);
}

function groupByLocality<E extends BalancedEndpoint>(endpoints: readonly E[]): readonly LocalityGroup<E>[] {
  const groups = new Map<string, E[]>();
  for (const balanced of endpoints) {
    const group = groups.get(balanced.endpoint.locality);
    if (group === undefined) groups.set(balanced.endpoint.locality, [balanced]);
    else group.push(balanced);
  }
  return [...groups].map(([locality, members]) => {
    return { locality, weight: members.reduce((sum, balanced) => sum + weightOf(balanced), 0), endpoints: members };
  });
}

/** A share is divided among the localities that its pattern takes, by their weights, rounded up. */
function distribute<E>(
  shares: readonly LocalityShare[],
  groups: readonly LocalityGroup<E>[],
): readonly LocalityGroup<E>[] {
  const left = new Set(groups);
  const weighted: LocalityGroup<E>[] = [];
  for (const { locality, percent } of shares) {
    const taken = [...left].filter((group) => matchesLocality(group.locality, locality));
    const total = taken.reduce((sum, { weight }) => sum + weight, 0);
    for (const group of taken) {
      left.delete(group);
      weighted.push({ ...group, weight: Math.ceil((group.weight * percent) / total) });
    }
  }
  return weighted;
}
