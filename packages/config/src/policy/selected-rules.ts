import type { Resource } from "../resource.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { resolveDelegates } from "./delegation.ts";
import { lazy } from "./lazy.ts";
import { hostsOf } from "./mesh-virtual-hosts.ts";
import type { PlacedRoute } from "./placed-route.ts";
import { nameOf, namespaceOf } from "./resource-order.ts";
import type { SidecarScope } from "./sidecar-scope.ts";
import { orderVirtualServices } from "./virtual-service-order.ts";

type VirtualService = Resource<VirtualServiceSpec>;

/** The VirtualServices that one client goes by. */
export interface SelectedRules {
  /** In the order of their right to a host. */
  readonly ordered: readonly VirtualService[];
  /** The rules of one of them, delegates resolved. */
  place(resource: VirtualService): readonly PlacedRoute[];
  /** Hosts that any of them sends requests to. Looks into all rules: for clients with a Sidecar only. */
  destinationHosts(): ReadonlySet<string>;
}

/** Selects from all VirtualServices those that a client at `gateway` sees and that its Sidecar, if any, leaves it. */
export function selectRules(
  all: readonly VirtualService[],
  viewer: { readonly namespace: string; readonly gateway: string; readonly domain: string },
  scope: SidecarScope | undefined,
): SelectedRules {
  const { domain } = viewer;
  const exported = orderVirtualServices(all, viewer.namespace, viewer.gateway);
  const ordered =
    scope === undefined
      ? exported
      : exported.filter((resource) => scope.seesVirtualService(namespaceOf(resource), hostsOf(resource, domain)));
  const byName = lazy(() => new Map(all.map((resource) => [nameOf(resource), resource])));
  const place = (resource: VirtualService): readonly PlacedRoute[] =>
    resolveDelegates(resource, domain, (name) => byName().get(name));
  return {
    ordered,
    place,
    destinationHosts: () => new Set(ordered.flatMap(place).flatMap(destinationsOf)),
  };
}

function destinationsOf({ spec }: PlacedRoute): readonly string[] {
  const destinations = [
    ...(spec.route ?? []).map(({ destination }) => destination),
    ...(spec.mirrors ?? []).map(({ destination }) => destination),
    spec.mirror,
  ];
  return destinations.map((destination) => destination?.host).filter((host) => host !== undefined);
}
