import type { Resource } from "../resource.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { resolveGateways } from "./gateway-name.ts";
import { compareByAge, namespaceOf } from "./resource-order.ts";
import { findVisibility, type Visibility } from "./visibility.ts";

const ranks: Readonly<Record<Visibility, number>> = { private: 0, named: 1, public: 2 };

/**
 * The root VirtualServices that a client at `gateway` sees, in the order of their right to a host: private to its
 * namespace, exported to it by name, public; inside each the older first.
 */
export function orderVirtualServices(
  virtualServices: readonly Resource<VirtualServiceSpec>[],
  namespace: string,
  gateway: string,
): readonly Resource<VirtualServiceSpec>[] {
  const seen: { readonly rank: number; readonly resource: Resource<VirtualServiceSpec> }[] = [];
  for (const resource of virtualServices) {
    const { spec } = resource;
    if (spec.hosts === undefined || spec.hosts.length === 0) continue;
    const own = namespaceOf(resource);
    if (!resolveGateways(spec.gateways, own).includes(gateway)) continue;
    const visibility = findVisibility(spec.exportTo, own, namespace);
    if (visibility !== undefined) seen.push({ rank: ranks[visibility], resource });
  }
  seen.sort((one, other) => one.rank - other.rank || compareByAge(one.resource, other.resource));
  return seen.map(({ resource }) => resource);
}
