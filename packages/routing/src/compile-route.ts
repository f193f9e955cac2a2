import type { ClusterRef, DestinationPolicy, MatchPolicy, RoutePolicy } from "@intramesh/core";
import type { CompiledDestination, CompiledRoute } from "./compiled-route.ts";
import { compileConditions } from "./condition.ts";
import { compileRequestChange, compileResponseChange } from "./header-change.ts";
import { compilePathRewriter, type PathRewriter } from "./path-rewriter.ts";

const samePath: PathRewriter = (path) => path;
const noConditions: CompiledRoute["conditions"] = [];

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
  return {
    policy,
    match,
    conditions: match === undefined ? noConditions : compileConditions(match),
    destinations,
    totalWeight: destinations.reduce((sum, { policy: { weight } }) => sum + weight, 0),
    rewritesPath: rewriter !== undefined,
    rewritePath: rewriter ?? samePath,
    changesResponse: policy.responseSteps.length > 0,
    applyResponseHeaders: compileResponseChange(policy.responseSteps),
  };
}

function compileDestination(policy: DestinationPolicy): CompiledDestination {
  return {
    policy,
    changesRequest: policy.requestSteps.length > 0,
    changesResponse: policy.responseSteps.length > 0,
    applyRequestHeaders: compileRequestChange(policy.requestSteps),
    applyResponseHeaders: compileResponseChange(policy.responseSteps),
    clusterRef,
  };
}

/** A method, so that all destinations share it: there are tens of thousands. */
function clusterRef(this: CompiledDestination, port: number): ClusterRef {
  const { host, port: fixedPort, subset } = this.policy;
  return { host, port: fixedPort ?? port, subset };
}
