import type { Resource } from "../resource.ts";
import type { Destination, HttpRoute, VirtualServiceSpec } from "../spec/virtual-service.ts";
import { resolveHost } from "./host-name.ts";
import { namespaceOf } from "./resource-order.ts";
import type { PlacedMatch } from "./translate-match.ts";

/** A rule in its place in the root VirtualService, destinations fully named. */
export interface PlacedRoute {
  readonly index: number;
  /** `namespace/name` of the delegate that it came from. */
  readonly delegate: string | undefined;
  readonly matches: readonly PlacedMatch[];
  readonly spec: HttpRoute;
}

/** The rules of a VirtualService, short hosts completed with its own namespace. */
export function placeRoutes(resource: Resource<VirtualServiceSpec>, domain: string): readonly PlacedRoute[] {
  const namespace = namespaceOf(resource);
  return (resource.spec.http ?? []).map((route, index) => ({
    index,
    delegate: undefined,
    matches: (route.match ?? []).map((spec, at) => ({ index: at, spec })),
    spec: completeHosts(route, (host) => resolveHost(host, namespace, domain)),
  }));
}

function completeHosts(route: HttpRoute, complete: (host: string) => string): HttpRoute {
  const completed = (destination: Destination | undefined): Destination | undefined =>
    destination?.host === undefined ? destination : { ...destination, host: complete(destination.host) };
  const { route: destinations, mirror, mirrors } = route;
  return {
    ...route,
    ...(destinations && { route: destinations.map((entry) => withDestination(entry, completed(entry.destination))) }),
    ...(mirror && { mirror: completed(mirror) ?? mirror }),
    ...(mirrors && { mirrors: mirrors.map((entry) => withDestination(entry, completed(entry.destination))) }),
  };
}

function withDestination<Entry extends object>(entry: Entry, destination: Destination | undefined): Entry {
  return destination === undefined ? entry : { ...entry, destination };
}
