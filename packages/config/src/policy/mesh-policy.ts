import type { MeshPolicy, RoutePolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import { type ClusterCatalog, createClusterCatalog } from "./cluster-catalog.ts";
import { resolveDelegates } from "./delegation.ts";
import { createDestinationRules } from "./destination-rules.ts";
import { meshGateway, resolveGateway } from "./gateway-name.ts";
import { gatewayVirtualHosts } from "./gateway-virtual-hosts.ts";
import { lazy } from "./lazy.ts";
import type { MeshClient } from "./mesh-client.ts";
import { defaultMeshSettings, type MeshSettings } from "./mesh-settings.ts";
import { meshVirtualHosts } from "./mesh-virtual-hosts.ts";
import { indexResources, type ResourceIndex } from "./resource-index.ts";
import { nameOf, namespaceOf } from "./resource-order.ts";
import type { RouteContext } from "./route-context.ts";
import { createServiceCatalog, type ServiceCatalog } from "./service-catalog.ts";
import { translateRoute, translateUnwritten } from "./translate-route.ts";
import { orderVirtualServices } from "./virtual-service-order.ts";
import { createWorkloadIndex } from "./workloads.ts";

/**
 * Everything that `client` may see of `resources`, resolved for its namespace and labels. Resources are checked ones.
 *
 * It is made anew for every change, so it does little: what a resource means by itself is remembered for as long as
 * the same object comes back, and rules, clusters and endpoints are translated when first asked for.
 */
export function createMeshPolicy(
  resources: Iterable<Resource>,
  client: MeshClient,
  settings: Partial<MeshSettings> = {},
): MeshPolicy {
  const mesh: MeshSettings = { ...defaultMeshSettings, ...settings };
  const index = indexResources(resources);
  const services = createServiceCatalog(index, client.namespace, mesh.domain);
  const rules = createDestinationRules(index.destinationRules, client, mesh);
  const workloads = lazy(() => createWorkloadIndex(index.workloadEntries));
  const clusters = createClusterCatalog({ services, rules, workloads, connectTimeoutMs: mesh.connectTimeoutMs });
  const context = createRouteContext(client, mesh, services, clusters);
  return {
    gateway: client.gateway === undefined ? undefined : context.gateway,
    services: services.policies,
    virtualHosts: createVirtualHosts(index, context),
    outboundTrafficPolicy: mesh.outboundTrafficPolicy,
    pathNormalization: mesh.pathNormalization,
    cluster: (ref) => clusters.find(ref),
    endpoints: (cluster) => clusters.endpoints(cluster),
    defaultRoute(host, port) {
      const usesHash: RouteContext["usesHash"] = (name, _, subset) => context.usesHash(name, port, subset);
      return translateUnwritten({ name: "default", route: [{ destination: { host } }] }, { ...context, usesHash });
    },
    notes(host) {
      const service = services.find(host);
      if (service === undefined) return [];
      const rule = rules.find(service.policy.host, service.policy.namespace);
      return rule === undefined ? [] : [`DestinationRule ${rule.names.join(" + ")} applies to ${host}`];
    },
  };
}

function createRouteContext(
  client: MeshClient,
  settings: MeshSettings,
  services: ServiceCatalog,
  clusters: ClusterCatalog,
): RouteContext {
  const gateway = client.gateway === undefined ? meshGateway : resolveGateway(client.gateway, client.namespace);
  const onlyPort = (host: string): number | undefined => {
    const ports = services.find(host)?.policy.ports ?? [];
    return ports.length === 1 ? ports[0]?.number : undefined;
  };
  return {
    client,
    settings,
    gateway,
    // A sidecar's listener knows only services that have its port; a Gateway knows them all.
    fixedPort: gateway === meshGateway ? () => undefined : onlyPort,
    usesHash(host, port, subset) {
      const number = port ?? onlyPort(host);
      const cluster = number === undefined ? undefined : clusters.find({ host, port: number, subset });
      return cluster?.effective.loadBalancer["consistentHash"] !== undefined;
    },
  };
}

function createVirtualHosts(index: ResourceIndex, context: RouteContext): MeshPolicy["virtualHosts"] {
  const { client, settings, gateway } = context;
  const ordered = orderVirtualServices(index.virtualServices, client.namespace, gateway);
  const byName = lazy(() => new Map(index.virtualServices.map((resource) => [nameOf(resource), resource])));
  const translate = (resource: (typeof ordered)[number]): readonly RoutePolicy[] => {
    const root = { name: nameOf(resource), namespace: namespaceOf(resource) };
    const placed = resolveDelegates(resource, settings.domain, (name) => byName().get(name));
    return placed.map((route) => translateRoute(route, root, context));
  };
  if (gateway === meshGateway) return meshVirtualHosts(ordered, settings.domain, translate);
  const served = index.gateways.find((resource) => nameOf(resource) === gateway);
  return served === undefined ? [] : gatewayVirtualHosts(served, ordered, context, translate);
}
