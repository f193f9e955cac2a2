import type { Resource } from "../resource.ts";
import type { HttpRoute, VirtualServiceSpec } from "../spec/virtual-service.ts";
import { refineMatch } from "./match-refinement.ts";
import { type PlacedRoute, placeRoutes } from "./placed-route.ts";
import { nameOf, namespaceOf } from "./resource-order.ts";
import type { PlacedMatch } from "./translate-match.ts";
import { findVisibility } from "./visibility.ts";

type VirtualService = Resource<VirtualServiceSpec>;

/** Finds a VirtualService by `namespace/name`. */
export type FindVirtualService = (name: string) => VirtualService | undefined;

/** The rules of a root with those of its delegates in their places. A delegate that is not there takes its rule away. */
export function resolveDelegates(
  root: VirtualService,
  domain: string,
  find: FindVirtualService,
): readonly PlacedRoute[] {
  return placeRoutes(root, domain).flatMap((route) => {
    const { delegate: reference } = route.spec;
    if (reference === undefined) return [route];
    const rootNamespace = namespaceOf(root);
    const delegate = find(`${reference.namespace || rootNamespace}/${reference.name}`);
    if (delegate === undefined || !isDelegateFor(delegate, rootNamespace)) return [];
    return placeRoutes(delegate, domain)
      .map((below) => joinRoutes(route, below, nameOf(delegate)))
      .filter((joined) => joined !== undefined);
  });
}

function isDelegateFor({ spec, ...resource }: VirtualService, rootNamespace: string): boolean {
  const isRoot = (spec.hosts ?? []).length > 0;
  return !isRoot && findVisibility(spec.exportTo, namespaceOf({ ...resource, spec }), rootNamespace) !== undefined;
}

/** Undefined where a match of the delegate lies within none of the root. */
function joinRoutes(root: PlacedRoute, delegate: PlacedRoute, name: string): PlacedRoute | undefined {
  const matches = joinMatches(root.matches, delegate.matches);
  if (matches === undefined) return undefined;
  return { index: root.index, delegate: name, matches, spec: joinSpecs(root.spec, delegate.spec) };
}

function joinMatches(
  root: readonly PlacedMatch[],
  delegate: readonly PlacedMatch[],
): readonly PlacedMatch[] | undefined {
  if (root.length === 0) return delegate;
  if (delegate.length === 0) return root;
  const joined: PlacedMatch[] = [];
  for (const below of delegate) {
    const refined = root.flatMap(({ index, spec: above }) => {
      const spec = refineMatch(above, below.spec);
      return spec === undefined ? [] : [{ index, spec }];
    });
    // One match outside the root takes the whole rule away (pilot/pkg/model/virtualservice.go mergeHTTPMatchRequests).
    if (refined.length === 0) return undefined;
    joined.push(...refined);
  }
  return joined;
}

/** What a delegate leaves open and the root may fill. */
const inherited = [
  "rewrite",
  "directResponse",
  "timeout",
  "retries",
  "fault",
  "mirror",
  "mirrorPercent",
  "mirrorPercentage",
  "mirrors",
  "corsPolicy",
  "headers",
] as const satisfies readonly (keyof HttpRoute)[];

function joinSpecs(root: HttpRoute, delegate: HttpRoute): HttpRoute {
  const name = [root.name, delegate.name].filter((part) => part !== undefined && part !== "").join("-");
  const fromRoot = Object.fromEntries(
    inherited.map((key) => [key, root[key]]).filter(([, value]) => value !== undefined),
  );
  return { ...fromRoot, ...delegate, ...(name !== "" && { name }) };
}
