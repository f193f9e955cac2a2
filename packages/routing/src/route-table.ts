import {
  type MeshPolicy,
  type PolicyChange,
  type Replacement,
  type RoutePolicy,
  type ServicePolicy,
  type ServicePort,
  VersionedHostMap,
  type VirtualHostPolicy,
} from "@intramesh/core";
import { compileRoutes } from "./compile-route.ts";
import type { CompiledRoute, HostRoutes } from "./compiled-route.ts";

/** Hosts to routes, for one client, from one state of the configuration. */
export interface RouteTable {
  /**
   * `host` in lower case, without port, trailing dot and brackets, IPv6 addresses canonical. Undefined: nobody knows the host on this port.
   * Routes are compiled when their host is first asked for and kept.
   */
  find(host: string, port: number): HostRoutes | undefined;
  /**
   * The table of another policy; it costs what changed where `change` is a step from this table's own policy. This
   * table stays as it is.
   */
  next(policy: MeshPolicy, change: PolicyChange | undefined): RouteTable;
}

/** Names under wildcards that are remembered; the next one makes the table forget them, so that strangers cannot fill it. */
const maxWildcardNames = 1_000;

/** The only port on which a sidecar listens for hosts that are no services. */
const portOfForeignHosts = 80;

/** A table over what one client sees. It compiles nothing before a host is asked for. */
export function compileRouteTable(policy: MeshPolicy): RouteTable {
  const services = [...policy.services.values()].map((after) => ({ before: undefined, after }));
  const virtualHosts = policy.virtualHosts.map((after) => ({ before: undefined, after }));
  return new LazyRouteTable(
    policy,
    nameServices(new VersionedHostMap(), services),
    nameVirtualHosts(new VersionedHostMap(), virtualHosts, policy),
  );
}

type ByName<Value> = VersionedHostMap<readonly Value[]>;
type PortRoutes = Map<number, HostRoutes>;

/** Routes of rules that have not changed, from table to table. */
const compiled = new WeakMap<VirtualHostPolicy, readonly CompiledRoute[]>();

class LazyRouteTable implements RouteTable {
  readonly #policy: MeshPolicy;
  /** By alias, who has the best right to it first. */
  readonly #services: ByName<ServicePolicy>;
  /** By host, who has the best right to it first. */
  readonly #virtualHosts: ByName<VirtualHostPolicy>;
  readonly #named: Map<string, PortRoutes> = new Map();
  readonly #underWildcards: Map<string, PortRoutes> = new Map();

  constructor(policy: MeshPolicy, services: ByName<ServicePolicy>, virtualHosts: ByName<VirtualHostPolicy>) {
    this.#policy = policy;
    this.#services = services;
    this.#virtualHosts = virtualHosts;
  }

  find(host: string, port: number): HostRoutes | undefined {
    const ports = this.#named.get(host) ?? this.#underWildcards.get(host);
    return ports?.get(port) ?? this.#resolve(host, port);
  }

  next(policy: MeshPolicy, change: PolicyChange | undefined): RouteTable {
    if (change?.since !== this.#policy) return compileRouteTable(policy);
    return new LazyRouteTable(
      policy,
      nameServices(this.#services, change.services),
      nameVirtualHosts(this.#virtualHosts, change.virtualHosts, policy),
    );
  }

  #resolve(host: string, port: number): HostRoutes | undefined {
    const routes = this.#policy.gateway === undefined ? this.#inMesh(host, port) : this.#onGateway(host, port);
    if (routes !== undefined) this.#remember(host, port, routes);
    return routes;
  }

  #remember(host: string, port: number, routes: HostRoutes): void {
    const isNamed = this.#services.get(host) !== undefined || this.#virtualHosts.get(host) !== undefined;
    const names = isNamed ? this.#named : this.#underWildcards;
    const ports = names.get(host);
    if (ports !== undefined) {
      ports.set(port, routes);
      return;
    }
    if (!isNamed && names.size >= maxWildcardNames) names.clear();
    names.set(host, new Map([[port, routes]]));
  }

  #inMesh(host: string, port: number): HostRoutes | undefined {
    const service = this.#services.find(host)?.[0];
    const isCallable = service !== undefined && (this.#policy.isCallable?.(service, port) ?? true);
    const servicePort = isCallable ? service.ports.find(({ number }) => number === port) : undefined;
    if (service !== undefined && servicePort !== undefined) {
      const name = service.host.startsWith("*") ? host : service.host;
      const ruled = this.#ruled(name, port);
      const layer4 = httpProtocols.has(servicePort.protocol) ? undefined : layer4Rules(ruled.candidates);
      if (layer4 !== undefined) {
        const routes = compileRoutes([refuseHttp(this.#policy.defaultRoute(name, port), layer4, servicePort)]);
        return { ...ruled, host: name, virtualService: layer4.virtualService, routes, service };
      }
      if (ruled.routes.length > 0) return { ...ruled, host: name, service };
      const routes = compileRoutes([this.#policy.defaultRoute(name, port)]);
      return { ...ruled, host: name, virtualService: undefined, routes, service };
    }
    if (port !== portOfForeignHosts) return undefined;
    const ruled = this.#ruled(host, port);
    return ruled.routes.length === 0 ? undefined : { ...ruled, host, service: undefined };
  }

  /** A Gateway passes nothing through: a host that it does not know has no routes. */
  #onGateway(host: string, port: number): HostRoutes {
    return { ...this.#ruled(host, port), host, service: this.#services.get(host)?.[0] };
  }

  /** Of the rules for a host the first that have a route for this client and port; none where no rules have one. */
  #ruled(host: string, port: number): Omit<HostRoutes, "host" | "service"> {
    const all = this.#virtualHosts.find(host) ?? [];
    const isHere = (candidate: VirtualHostPolicy): boolean => candidate.port === undefined || candidate.port === port;
    const candidates = all.every(isHere) ? all : all.filter(isHere);
    for (const virtualHost of candidates) {
      const routes = routesOn(virtualHost, port);
      if (routes.length > 0) return { virtualService: virtualHost.virtualService, routes, virtualHost, candidates };
    }
    return { virtualService: undefined, routes: [], virtualHost: candidates[0], candidates };
  }
}

/** Protocols for which Istio's sidecar looks at the rules of HTTP. */
const httpProtocols: ReadonlySet<string> = new Set(["http", "http2", "https", "grpc", "grpc-web"]);

function layer4Rules(candidates: readonly VirtualHostPolicy[]): VirtualHostPolicy | undefined {
  return candidates.find(({ layer4 }) => layer4 !== undefined);
}

/** On a port of another protocol a sidecar follows the rules below HTTP; a client of HTTP cannot, and says so. */
function refuseHttp(route: RoutePolicy, rules: VirtualHostPolicy, { number, protocol }: ServicePort): RoutePolicy {
  const body =
    `port ${number} speaks ${protocol} and VirtualService ${rules.virtualService} routes it by its ${rules.layer4} rules, ` +
    "which a call over HTTP cannot follow; call a port that speaks HTTP";
  return { ...route, action: { kind: "respond", status: 503, body } };
}

/** All routes of the rules, or none where not one of them is for this port. */
function routesOn(virtualHost: VirtualHostPolicy, port: number): readonly CompiledRoute[] {
  let routes = compiled.get(virtualHost);
  if (routes === undefined) {
    routes = compileRoutes(virtualHost.routes);
    compiled.set(virtualHost, routes);
  }
  return routes.some(({ match }) => match?.port === undefined || match.port === port) ? routes : [];
}

/** Of several services with one name the one whose host it is has it, else the alphabetically first. */
function nameServices(
  known: ByName<ServicePolicy>,
  replaced: readonly Replacement<ServicePolicy>[],
): ByName<ServicePolicy> {
  return rename(
    known,
    replaced,
    ({ aliases }) => aliases,
    (services, alias) =>
      services.sort(
        (one, other) => Number(other.host === alias) - Number(one.host === alias) || (one.host < other.host ? -1 : 1),
      ),
  );
}

/** Rules for one host stand in the order of the policy. */
function nameVirtualHosts(
  known: ByName<VirtualHostPolicy>,
  replaced: readonly Replacement<VirtualHostPolicy>[],
  { virtualHosts }: MeshPolicy,
): ByName<VirtualHostPolicy> {
  let places: Map<VirtualHostPolicy, number> | undefined;
  const placeOf = (virtualHost: VirtualHostPolicy): number => {
    places ??= new Map(virtualHosts.map((one, at) => [one, at]));
    return places.get(virtualHost)!;
  };
  return rename(
    known,
    replaced,
    ({ hosts }) => hosts,
    (rivals) => rivals.sort((one, other) => placeOf(one) - placeOf(other)),
  );
}

/** Lists by name with replacements taken over; lists of several are put in order. */
function rename<Value>(
  known: ByName<Value>,
  replaced: readonly Replacement<Value>[],
  namesOf: (value: Value) => readonly string[],
  sort: (values: Value[], name: string) => void,
): ByName<Value> {
  const lists = new Map<string, Value[]>();
  const listOf = (name: string): Value[] => {
    let list = lists.get(name);
    if (list === undefined) {
      list = [...(known.get(name) ?? [])];
      lists.set(name, list);
    }
    return list;
  };
  for (const { before, after } of replaced) {
    if (before !== undefined) {
      for (const name of namesOf(before)) {
        const list = listOf(name);
        const at = list.indexOf(before);
        if (at >= 0) list.splice(at, 1);
      }
    }
    if (after !== undefined) for (const name of namesOf(after)) listOf(name).push(after);
  }
  for (const [name, list] of lists) if (list.length > 1) sort(list, name);
  // Copies are as long as they must be; what was grown by `push` is not.
  return known.with([...lists].map(([name, list]) => [name, list.length === 0 ? undefined : list.slice()]));
}
