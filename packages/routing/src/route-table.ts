import type { MeshPolicy, ServicePolicy, VirtualHostPolicy } from "@intramesh/core";
import { compileRoutes } from "./compile-route.ts";
import type { CompiledRoute, HostRoutes } from "./compiled-route.ts";
import { createSuffixMap, type SuffixMap } from "./suffix-map.ts";

/** Hosts to routes, for one client, from one state of the configuration. */
export interface RouteTable {
  /**
   * `host` in lower case, without port and trailing dot. Undefined: nobody knows the host on this port.
   * Routes are compiled when their host is first asked for and kept.
   */
  find(host: string, port: number): HostRoutes | undefined;
}

/** Names under wildcards that are remembered; the next one makes the table forget them, so that strangers cannot fill it. */
const maxWildcardNames = 1_000;

/** The only port on which a sidecar listens for hosts that are no services. */
const portOfForeignHosts = 80;

/** A table over what one client sees. It compiles nothing before a host is asked for. */
export function compileRouteTable(policy: MeshPolicy): RouteTable {
  return new LazyRouteTable(policy);
}

type PortRoutes = Map<number, HostRoutes>;

class LazyRouteTable implements RouteTable {
  readonly #policy: MeshPolicy;
  readonly #services: Map<string, ServicePolicy> = new Map();
  readonly #wildcardServices: SuffixMap<ServicePolicy>;
  readonly #virtualHosts: Map<string, VirtualHostPolicy[]> = new Map();
  readonly #wildcardHosts: SuffixMap<VirtualHostPolicy[]>;
  readonly #compiled: Map<VirtualHostPolicy, readonly CompiledRoute[]> = new Map();
  readonly #named: Map<string, PortRoutes> = new Map();
  readonly #underWildcards: Map<string, PortRoutes> = new Map();

  constructor(policy: MeshPolicy) {
    this.#policy = policy;
    const wildcardServices: [string, ServicePolicy][] = [];
    for (const service of policy.services.values()) {
      for (const alias of service.aliases) {
        if (alias.startsWith("*")) wildcardServices.push([alias, service]);
        else if (!this.#services.has(alias) || alias === service.host) this.#services.set(alias, service);
      }
    }
    this.#wildcardServices = createSuffixMap(wildcardServices);
    for (const virtualHost of policy.virtualHosts) {
      for (const host of virtualHost.hosts) {
        const known = this.#virtualHosts.get(host);
        if (known === undefined) this.#virtualHosts.set(host, [virtualHost]);
        else known.push(virtualHost);
      }
    }
    this.#wildcardHosts = createSuffixMap([...this.#virtualHosts].filter(([host]) => host.startsWith("*")));
  }

  find(host: string, port: number): HostRoutes | undefined {
    const ports = this.#named.get(host) ?? this.#underWildcards.get(host);
    return ports?.get(port) ?? this.#resolve(host, port);
  }

  #resolve(host: string, port: number): HostRoutes | undefined {
    const routes = this.#policy.gateway === undefined ? this.#inMesh(host, port) : this.#onGateway(host, port);
    if (routes !== undefined) this.#remember(host, port, routes);
    return routes;
  }

  #remember(host: string, port: number, routes: HostRoutes): void {
    const isNamed = this.#services.has(host) || this.#virtualHosts.has(host);
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
    const service = this.#services.get(host) ?? this.#wildcardServices.find(host);
    if (service?.ports.some(({ number }) => number === port)) {
      const name = service.host.startsWith("*") ? host : service.host;
      const ruled = this.#ruled(name, port);
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
    return { ...this.#ruled(host, port), host, service: this.#services.get(host) };
  }

  /** Of the rules for a host the first that have a route for this client and port; none where no rules have one. */
  #ruled(host: string, port: number): Omit<HostRoutes, "host" | "service"> {
    const all = this.#virtualHosts.get(host) ?? this.#wildcardHosts.find(host) ?? [];
    const candidates = all.filter((candidate) => candidate.port === undefined || candidate.port === port);
    for (const virtualHost of candidates) {
      const routes = this.#routesOn(virtualHost, port);
      if (routes.length > 0) return { virtualService: virtualHost.virtualService, routes, virtualHost, candidates };
    }
    return { virtualService: undefined, routes: [], virtualHost: candidates[0], candidates };
  }

  /** All routes of the rules, or none where not one of them is for this port. */
  #routesOn(virtualHost: VirtualHostPolicy, port: number): readonly CompiledRoute[] {
    let routes = this.#compiled.get(virtualHost);
    if (routes === undefined) {
      routes = compileRoutes(virtualHost.routes);
      this.#compiled.set(virtualHost, routes);
    }
    return routes.some(({ match }) => match?.port === undefined || match.port === port) ? routes : [];
  }
}
