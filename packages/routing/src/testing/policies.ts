import {
  type ClusterPolicy,
  type DestinationPolicy,
  type ForwardAction,
  type HeaderOperations,
  type MatchPolicy,
  type MeshPolicy,
  type RedirectAction,
  type RequestView,
  type RoutePolicy,
  type ServicePolicy,
  unwrittenTelemetry,
  type VirtualHostPolicy,
} from "@intramesh/core";

const noOperations: HeaderOperations = { set: {}, add: {}, remove: [] };

/** A match that asks for nothing but `parts`. */
export function matchOf(parts: Partial<MatchPolicy> = {}): MatchPolicy {
  return {
    index: 0,
    name: undefined,
    excluded: undefined,
    port: undefined,
    uri: undefined,
    ignoreUriCase: false,
    scheme: undefined,
    method: undefined,
    authority: undefined,
    headers: [],
    withoutHeaders: [],
    queryParams: [],
    ...parts,
  };
}

/** A destination without operations. */
export function destinationOf(host: string, parts: Partial<DestinationPolicy> = {}): DestinationPolicy {
  return {
    host,
    port: undefined,
    subset: undefined,
    weight: 0,
    percent: 100,
    requestHeaders: noOperations,
    responseHeaders: noOperations,
    requestSteps: [],
    responseSteps: [],
    authority: undefined,
    ...parts,
  };
}

/** An action that forwards to these destinations. */
export function forwardTo(...destinations: readonly DestinationPolicy[]): ForwardAction {
  return { kind: "forward", destinations, rewrite: undefined, mirrors: [] };
}

/** A redirect that changes nothing but `parts`. */
export function redirectOf(parts: Partial<RedirectAction>): RedirectAction {
  return {
    kind: "redirect",
    uri: undefined,
    prefixRewrite: undefined,
    authority: undefined,
    scheme: undefined,
    port: undefined,
    derivePort: undefined,
    status: 301,
    ...parts,
  };
}

/** A rule without matches that forwards to `reviews`, but for `parts`. */
export function routeOf(parts: Partial<RoutePolicy> = {}): RoutePolicy {
  return {
    virtualService: "default/reviews",
    index: 0,
    delegate: undefined,
    name: undefined,
    matches: [],
    action: forwardTo(destinationOf("reviews")),
    requestHeaders: noOperations,
    responseHeaders: noOperations,
    responseSteps: [],
    timeoutMs: undefined,
    hashKeys: [],
    retry: {
      attempts: 0,
      perTryTimeoutMs: undefined,
      retryOn: [],
      retriableStatusCodes: [],
      backoffMs: { base: 25, max: 250 },
      ignorePreviousHosts: true,
      remoteLocalities: false,
    },
    fault: undefined,
    cors: undefined,
    ...parts,
  };
}

/** A service with one port, called by its host only unless `parts` say otherwise. */
export function serviceOf(host: string, parts: Partial<ServicePolicy> = {}): ServicePolicy {
  const ports = [{ number: 80, name: "http", protocol: "http" }];
  return { host, name: host, namespace: "default", ports, aliases: [host], ...parts };
}

/** Rules of a VirtualService for these hosts. */
export function virtualHostOf(hosts: readonly string[], parts: Partial<VirtualHostPolicy> = {}): VirtualHostPolicy {
  return { virtualService: "default/reviews", port: undefined, hosts, routes: [routeOf()], ...parts };
}

/** A mesh of these services and rules, whose clusters are all unknown unless `parts` say otherwise. */
export function meshOf(
  services: readonly ServicePolicy[],
  virtualHosts: readonly VirtualHostPolicy[],
  parts: Partial<MeshPolicy> = {},
): MeshPolicy {
  return {
    gateway: undefined,
    services: new Map(services.map((service) => [service.host, service])),
    virtualHosts,
    outboundTrafficPolicy: "ALLOW_ANY",
    pathNormalization: "BASE",
    telemetry: unwrittenTelemetry,
    cluster: () => undefined,
    endpoints: () => [],
    workloads: () => undefined,
    resilience: () => undefined,
    defaultRoute: (host) =>
      routeOf({ virtualService: undefined, name: "default", action: forwardTo(destinationOf(host)) }),
    notes: () => [],
    ...parts,
  };
}

/** A cluster of a service, as far as decisions read it. */
export function clusterOf(service: ServicePolicy, subset?: string): ClusterPolicy {
  const effective = {
    loadBalancer: { simple: "LEAST_REQUEST" },
    connectionPool: null,
    outlierDetection: null,
    tls: null,
  };
  const read: Pick<ClusterPolicy, "host" | "port" | "subset" | "service" | "effective"> = {
    host: service.host,
    port: 80,
    subset,
    service,
    effective,
  };
  // Routing hands the rest of a cluster on without looking into it.
  return read as ClusterPolicy;
}

/** A request with these headers. */
export function viewOf(
  parts: Partial<Omit<RequestView, "header">> = {},
  headers: Readonly<Record<string, string>> = {},
): RequestView {
  return {
    method: "GET",
    scheme: "http",
    authority: "reviews:9080",
    path: "/",
    ...parts,
    header: (name) => headers[name],
  };
}
