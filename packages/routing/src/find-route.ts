import type { RequestView } from "@intramesh/core";
import type { CompiledRoute, HostRoutes } from "./compiled-route.ts";
import { holds } from "./condition.ts";
import { barePath } from "./path-parts.ts";

/** The first route whose match holds; undefined: 404 NR. `view.path` is normalised already, `port` the one called. */
export function findRoute(host: HostRoutes, view: RequestView, port: number): CompiledRoute | undefined {
  const { routes } = host;
  const path = barePath(view.path);
  for (let at = 0; at < routes.length; at += 1) {
    const route = routes[at]!;
    if (matchesRoute(route, view, path, port)) return route;
  }
  return undefined;
}

function matchesRoute(route: CompiledRoute, view: RequestView, path: string, port: number): boolean {
  const { conditions, match } = route;
  if (match === undefined) return true;
  if (match.port !== undefined && match.port !== port) return false;
  for (let at = 0; at < conditions.length; at += 1) {
    if (!holds(conditions[at]!, view, path)) return false;
  }
  return true;
}
