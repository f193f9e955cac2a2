import type { DestinationPolicy, MatchPolicy, RoutePolicy } from "@intramesh/core";
import type { CompiledDestination, CompiledRoute } from "./compiled-route.ts";
import { compileConditions } from "./condition.ts";
import { changeRequestHeaders, changeResponseHeaders, compileHeaderChange } from "./header-change.ts";
import { compilePathRewriter, type PathRewriter } from "./path-rewriter.ts";

const unchanged: PathRewriter = (path) => path;

/** One route for each match that this client can meet; one in all for a rule without matches. */
export function compileRoutes(policies: readonly RoutePolicy[]): readonly CompiledRoute[] {
  const routes: CompiledRoute[] = [];
  for (const policy of policies) {
    const { action, matches } = policy;
    const destinations = action.kind === "forward" ? action.destinations.map(compileDestination) : [];
    if (matches.length === 0) routes.push(compileRoute(policy, undefined, destinations));
    for (const match of matches) {
      if (match.excluded === undefined) routes.push(compileRoute(policy, match, destinations));
    }
  }
  return routes;
}

function compileRoute(
  policy: RoutePolicy,
  match: MatchPolicy | undefined,
  destinations: readonly CompiledDestination[],
): CompiledRoute {
  const rewriter = policy.action.kind === "forward" ? compilePathRewriter(policy.action.rewrite, match) : undefined;
  const responseChange = compileHeaderChange(policy.responseSteps);
  return {
    policy,
    match,
    conditions: match === undefined ? [] : compileConditions(match),
    destinations,
    totalWeight: destinations.reduce((sum, { policy: { weight } }) => sum + weight, 0),
    rewritesPath: rewriter !== undefined,
    rewritePath: rewriter ?? unchanged,
    changesResponse: responseChange.length > 0,
    applyResponseHeaders: (headers, view) => changeResponseHeaders(responseChange, headers, view),
  };
}

function compileDestination(policy: DestinationPolicy): CompiledDestination {
  const requestChange = compileHeaderChange(policy.requestSteps);
  const responseChange = compileHeaderChange(policy.responseSteps);
  const { host, port: fixedPort, subset } = policy;
  return {
    policy,
    changesRequest: requestChange.length > 0,
    changesResponse: responseChange.length > 0,
    applyRequestHeaders: (headers, view) => changeRequestHeaders(requestChange, headers, view),
    applyResponseHeaders: (headers, view) => changeResponseHeaders(responseChange, headers, view),
    clusterRef: (port) => ({ host, port: fixedPort ?? port, subset }),
  };
}
