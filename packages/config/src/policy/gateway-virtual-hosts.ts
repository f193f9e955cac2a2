import type { MatchPolicy, RoutePolicy, VirtualHostPolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { GatewayServer, GatewaySpec } from "../spec/gateway.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { coversHost } from "./host-name.ts";
import { hostsOf, type TranslateRules, virtualHost } from "./mesh-virtual-hosts.ts";
import { nameOf, namespaceOf } from "./resource-order.ts";
import type { RouteContext } from "./route-context.ts";
import { translateUnwritten } from "./translate-route.ts";

type VirtualService = Resource<VirtualServiceSpec>;

/**
 * What a Gateway serves: for each of its ports the hosts that a server and a VirtualService both name. All
 * VirtualServices of a host add up, in the order given, their catch-all rules behind all others.
 */
export function gatewayVirtualHosts(
  gateway: Resource<GatewaySpec>,
  ordered: readonly VirtualService[],
  context: RouteContext,
  translate: TranslateRules,
): readonly VirtualHostPolicy[] {
  return (gateway.spec.servers ?? []).flatMap((server) => {
    const port = server.port?.number;
    const patterns = (server.hosts ?? []).map((host) => parseServerHost(host, namespaceOf(gateway)));
    if (server.tls?.httpsRedirect === true) {
      return [
        virtualHost(
          undefined,
          port,
          patterns.map(({ host }) => host),
          () => [redirectToHttps(context)],
        ),
      ];
    }
    const byHost = new Map<string, VirtualService[]>();
    for (const resource of ordered) {
      for (const host of sharedHosts(resource, patterns, context.settings.domain)) {
        const sharing = byHost.get(host);
        if (sharing === undefined) byHost.set(host, [resource]);
        else sharing.push(resource);
      }
    }
    return [...byHost].map(([host, sharing]) => {
      const only = sharing.length === 1 ? nameOf(sharing[0]!) : undefined;
      return virtualHost(only, port, [host], () => catchAllLast(sharing.flatMap(translate)));
    });
  });
}

/** What a server with httpsRedirect does with every request. */
function redirectToHttps(context: RouteContext): RoutePolicy {
  return translateUnwritten({ redirect: { scheme: "https" } }, context);
}

interface ServerHost {
  /** Namespace whose VirtualServices may serve it; `*` for all. */
  readonly namespace: string;
  readonly host: string;
}

function parseServerHost(text: NonNullable<GatewayServer["hosts"]>[number], own: string): ServerHost {
  const slash = text.indexOf("/");
  if (slash < 0) return { namespace: "*", host: text.toLowerCase() };
  const namespace = text.slice(0, slash);
  return { namespace: namespace === "." ? own : namespace, host: text.slice(slash + 1).toLowerCase() };
}

function sharedHosts(resource: VirtualService, patterns: readonly ServerHost[], domain: string): ReadonlySet<string> {
  const own = namespaceOf(resource);
  const shared = new Set<string>();
  for (const host of hostsOf(resource, domain)) {
    for (const pattern of patterns) {
      if (pattern.namespace !== "*" && pattern.namespace !== own) continue;
      if (coversHost(pattern.host, host)) shared.add(host);
      else if (coversHost(host, pattern.host)) shared.add(pattern.host);
    }
  }
  return shared;
}

function catchAllLast(routes: readonly RoutePolicy[]): readonly RoutePolicy[] {
  // One route for each match, as Envoy has them: of a rule's matches only the catch-all ones move.
  const single = routes.flatMap((route) =>
    route.matches.length < 2 ? [route] : route.matches.map((match) => ({ ...route, matches: [match] })),
  );
  return [...single.filter((route) => !isCatchAll(route)), ...single.filter(isCatchAll)];
}

function isCatchAll({ matches: [match] }: RoutePolicy): boolean {
  return match === undefined || (match.excluded === undefined && asksNothing(match));
}

function asksNothing(match: MatchPolicy): boolean {
  const { uri } = match;
  const takesEveryPath =
    uri === undefined || (uri.kind === "prefix" && uri.value === "/") || (uri.kind === "regex" && uri.value === ".*");
  const others = [match.port, match.scheme, match.method, match.authority];
  const named = match.headers.length + match.withoutHeaders.length + match.queryParams.length;
  return takesEveryPath && others.every((value) => value === undefined) && named === 0;
}
