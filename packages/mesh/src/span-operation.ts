import type { StringMatch } from "@intramesh/core";
import type { CompiledRoute } from "@intramesh/routing";

/**
 * Name of the spans of a route, as Istio's GetRouteOperation makes it: where the request goes and the path that the rule
 * matches, `reviews.default.svc.cluster.local:9080/reviews*`. Where a rule has several destinations its VirtualService
 * stands in the place of the host: `reviews:9080/*`.
 */
export function spanOperation(host: string, port: number, route: CompiledRoute | undefined): string {
  const path = pathOf(route?.match?.uri);
  if (route === undefined || route.destinations.length === 0) return `${host}:${port}${path}`;
  const [only, second] = route.destinations;
  const { virtualService } = route.policy;
  if (second !== undefined && virtualService !== undefined) {
    return `${virtualService.slice(virtualService.indexOf("/") + 1)}:${port}${path}`;
  }
  return `${only!.policy.host}:${only!.policy.port ?? port}${path}`;
}

function pathOf(uri: StringMatch | undefined): string {
  if (uri === undefined || uri.kind === "present") return "/*";
  return uri.kind === "prefix" ? `${uri.value}*` : uri.value;
}
