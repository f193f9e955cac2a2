import type { Resource } from "../resource.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { resolveGateways } from "./gateway-name.ts";
import { compareByAge, namespaceOf } from "./resource-order.ts";
import { findVisibility, type Visibility } from "./visibility.ts";

const ranks: Readonly<Record<Visibility, number>> = { private: 0, named: 1, public: 2 };

/** A VirtualService that a client sees, with the rank of its right to a host. */
export interface RankedRules {
  /** 0 is the first. */
  readonly rank: number;
  readonly resource: Resource<VirtualServiceSpec>;
}

/**
 * The rank that a root VirtualService has for a client of `namespace` at `gateway`: private to its namespace, exported
 * to it by name, public. Undefined where the client does not see it, or where it is a delegate.
 */
export function rankFor(
  resource: Resource<VirtualServiceSpec>,
  namespace: string,
  gateway: string,
): number | undefined {
  const { spec } = resource;
  if (spec.hosts === undefined || spec.hosts.length === 0) return undefined;
  const own = namespaceOf(resource);
  if (!resolveGateways(spec.gateways, own).includes(gateway)) return undefined;
  const visibility = findVisibility(spec.exportTo, own, namespace);
  return visibility === undefined ? undefined : ranks[visibility];
}

/** The order of their right to a host: by rank, inside each the older first. Only one and the same are equal. */
export function compareRanked(one: RankedRules, other: RankedRules): number {
  return one.rank - other.rank || compareByAge(one.resource, other.resource);
}
