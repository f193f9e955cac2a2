import type { RoutePolicy, VirtualHostPolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { resolveHost } from "./host-name.ts";
import { namespaceOf } from "./resource-order.ts";

/** The rules of a VirtualService, translated when first asked for. */
export type TranslateRules = (resource: Resource<VirtualServiceSpec>) => readonly RoutePolicy[];

/** A virtual host whose rules are made when first asked for. */
export function virtualHost(
  virtualService: string | undefined,
  port: number | undefined,
  hosts: readonly string[],
  routes: () => readonly RoutePolicy[],
  layer4?: string,
): VirtualHostPolicy {
  return new LazyVirtualHost(virtualService, port, hosts, routes, layer4);
}

/** A class, because each object literal with a getter has a shape of its own: there are tens of thousands. */
class LazyVirtualHost implements VirtualHostPolicy {
  readonly virtualService: string | undefined;
  readonly port: number | undefined;
  readonly hosts: readonly string[];
  readonly layer4: string | undefined;
  #make: (() => readonly RoutePolicy[]) | undefined;
  #routes: readonly RoutePolicy[] = [];

  constructor(
    virtualService: string | undefined,
    port: number | undefined,
    hosts: readonly string[],
    make: () => readonly RoutePolicy[],
    layer4: string | undefined,
  ) {
    this.virtualService = virtualService;
    this.port = port;
    this.hosts = hosts;
    this.layer4 = layer4;
    this.#make = make;
  }

  get routes(): readonly RoutePolicy[] {
    if (this.#make !== undefined) {
      this.#routes = this.#make();
      this.#make = undefined;
    }
    return this.#routes;
  }
}

/** Names of a VirtualService's rules below HTTP. */
export function layer4Of({ spec }: Resource<VirtualServiceSpec>): string | undefined {
  const kinds = [spec.tcp?.length ? "tcp" : [], spec.tls?.length ? "tls" : []].flat();
  return kinds.length === 0 ? undefined : kinds.join(" and ");
}

/** Resolved hosts of VirtualServices that have not changed. */
const resolved = new WeakMap<Resource, { readonly domain: string; readonly hosts: readonly string[] }>();

/** The hosts of a VirtualService, short names completed. */
export function hostsOf(resource: Resource<VirtualServiceSpec>, domain: string): readonly string[] {
  let known = resolved.get(resource);
  if (known?.domain !== domain) {
    const hosts = (resource.spec.hosts ?? []).map((host) => resolveHost(host, namespaceOf(resource), domain));
    known = { domain, hosts };
    resolved.set(resource, known);
  }
  return known.hosts;
}
