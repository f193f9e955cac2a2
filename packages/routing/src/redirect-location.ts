import type { RedirectAction, RequestView } from "@intramesh/core";
import type { CompiledRoute } from "./compiled-route.ts";
import { replaceMatched } from "./path-rewriter.ts";
import { defaultPort, portColon } from "./target.ts";

/**
 * The absolute `location` of a redirect, as Envoy's `Utility::newUri` makes it. `view.path` is normalised,
 * `listenerPort` the port called. The route's action must be a redirect.
 */
export function redirectLocation(route: CompiledRoute, view: RequestView, listenerPort: number): string {
  const { action } = route.policy;
  if (action.kind !== "redirect") throw new TypeError(`route ${route.policy.index} is no redirect but ${action.kind}`);
  const scheme = action.scheme ?? view.scheme;
  const port = portToWrite(action, scheme, listenerPort);
  const host = action.authority ?? keptHost(view, scheme, port);
  return `${scheme}://${host}${port === undefined ? "" : `:${port}`}${pathOf(action, route, view.path)}`;
}

function portToWrite(action: RedirectAction, scheme: string, listenerPort: number): number | undefined {
  const port = action.derivePort === "FROM_REQUEST_PORT" ? listenerPort : action.port;
  return port === defaultPort(scheme) ? undefined : port;
}

/** The request's own host: without its port where another one is written or where the old scheme's is meaningless now. */
function keptHost(view: RequestView, scheme: string, port: number | undefined): string {
  const { authority } = view;
  const colon = portColon(authority);
  if (colon < 0) return authority;
  const changesScheme = scheme !== view.scheme;
  const dropsPort =
    port !== undefined || (changesScheme && Number(authority.slice(colon + 1)) === defaultPort(view.scheme));
  return dropsPort ? authority.slice(0, colon) : authority;
}

function pathOf(action: RedirectAction, route: CompiledRoute, path: string): string {
  if (action.prefixRewrite !== undefined) return replaceMatched(action.prefixRewrite, route.match)(path);
  if (action.uri === undefined) return path;
  const question = path.indexOf("?");
  return question < 0 || action.uri.includes("?") ? action.uri : action.uri + path.slice(question);
}
