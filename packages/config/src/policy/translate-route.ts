import { parseDurationMs, type RoutePolicy } from "@intramesh/core";
import type { HttpRoute } from "../spec/virtual-service.ts";
import type { PlacedRoute } from "./placed-route.ts";
import type { RouteContext } from "./route-context.ts";
import { translateAction } from "./translate-action.ts";
import { translateCors } from "./translate-cors.ts";
import { translateFault } from "./translate-fault.ts";
import { stepsOf, translateOperations } from "./translate-headers.ts";
import { translateMatch } from "./translate-match.ts";
import { translateRetry } from "./translate-retry.ts";

/** One rule of a VirtualService for one client, complete. */
export function translateRoute(
  { index, delegate, matches, spec }: PlacedRoute,
  root: { readonly name: string; readonly namespace: string },
  context: RouteContext,
): RoutePolicy {
  const action = translateAction(spec, context);
  const responseHeaders = translateOperations(spec.headers?.response);
  const timeoutMs = timeoutOf(spec.timeout);
  const destinations = action.kind === "forward" ? action.destinations : [];
  // Istio gives a route the keys of all its destinations, one after the other.
  const hashKeys = destinations.flatMap(({ host, port, subset }) => context.hashKeys(host, port, subset));
  return {
    virtualService: root.name,
    index,
    delegate,
    name: spec.name === "" ? undefined : spec.name,
    matches: matches.map((match) => translateMatch(match, root.namespace, context)),
    action,
    requestHeaders: translateOperations(spec.headers?.request),
    responseHeaders,
    responseSteps: stepsOf(responseHeaders),
    timeoutMs,
    hashKeys,
    retry: translateRetry(spec.retries, {
      timeoutMs,
      usesHash: destinations.length === 1 && hashKeys.length > 0,
      meshDefault: context.settings.defaultHttpRetryPolicy,
    }),
    fault: translateFault(spec.fault),
    cors: translateCors(spec.corsPolicy),
  };
}

/** A route for every request that no VirtualService wrote, but that does what `spec` says. */
export function translateUnwritten(spec: HttpRoute, context: RouteContext): RoutePolicy {
  const placed = { index: 0, delegate: undefined, matches: [], spec };
  return { ...translateRoute(placed, { name: "", namespace: "" }, context), virtualService: undefined };
}

/** 0 switches the timeout off, as in Envoy. */
function timeoutOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? undefined : parseDurationMs(text);
  return ms === undefined || ms <= 0 ? undefined : ms;
}
