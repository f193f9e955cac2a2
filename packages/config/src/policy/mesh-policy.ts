import type { MeshPolicy, ServicePolicy } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import { type ClusterCatalog, createClusterCatalog } from "./cluster-catalog.ts";
import { createDestinationRules } from "./destination-rules.ts";
import { meshGateway, resolveGateway } from "./gateway-name.ts";
import { gatewayVirtualHosts } from "./gateway-virtual-hosts.ts";
import { lazy } from "./lazy.ts";
import type { MeshClient } from "./mesh-client.ts";
import { defaultMeshSettings, type MeshSettings } from "./mesh-settings.ts";
import { meshVirtualHosts, type TranslateRules } from "./mesh-virtual-hosts.ts";
import { createResiliencePolicies } from "./resilience-policies.ts";
import { indexResources, type ResourceIndex } from "./resource-index.ts";
import { nameOf, namespaceOf } from "./resource-order.ts";
import type { RouteContext } from "./route-context.ts";
import { type SelectedRules, selectRules } from "./selected-rules.ts";
import { createServiceCatalog, type ServiceCatalog } from "./service-catalog.ts";
import { findSidecarScope } from "./sidecar-scope.ts";
import { translateRoute, translateUnwritten } from "./translate-route.ts";
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
  const all = [...resources];
  const index = indexResources(all);
  const gateway = client.gateway === undefined ? meshGateway : resolveGateway(client.gateway, client.namespace);
  const scope = findSidecarScope(index.sidecars, client, mesh.rootNamespace);
  const viewer = { namespace: client.namespace, domain: mesh.domain, gateway };
  const selected = selectRules(index.virtualServices, viewer, scope);
  // Where visible rules send requests is visible with them.
  const imported = scope === undefined ? undefined : selected.destinationHosts();
  const isVisible = (service: ServicePolicy): boolean =>
    scope === undefined || scope.seesService(service) || imported?.has(service.host) === true;
  const services = createServiceCatalog(index, client.namespace, mesh.domain, isVisible);
  const rules = createDestinationRules(index.destinationRules, client, mesh);
  const workloads = lazy(() => createWorkloadIndex(index.workloadEntries));
  const clusters = createClusterCatalog({
    services,
    rules,
    workloads,
    connectTimeoutMs: mesh.connectTimeoutMs,
    balancing: { client, meshLocality: mesh.localityLbSetting },
  });
  const context = createRouteContext({ client, settings: mesh, gateway }, services, clusters);
  const resilience = createResiliencePolicies(all, {
    clientNamespace: client.namespace,
    rootNamespace: mesh.rootNamespace,
    domain: mesh.domain,
    serviceNamespace: (host) => services.find(host)?.policy.namespace,
  });
  return {
    gateway: client.gateway === undefined ? undefined : gateway,
    services: services.policies,
    virtualHosts: createVirtualHosts(index, selected, context),
    outboundTrafficPolicy: scope?.outboundTrafficPolicy ?? mesh.outboundTrafficPolicy,
    pathNormalization: mesh.pathNormalization,
    cluster: (ref) => clusters.find(ref),
    endpoints: (cluster) => clusters.endpoints(cluster),
    resilience: (ref) => resilience.find(ref),
    defaultRoute(host, port) {
      const hashKeys: RouteContext["hashKeys"] = (name, _, subset) => context.hashKeys(name, port, subset);
      return translateUnwritten({ name: "default", route: [{ destination: { host } }] }, { ...context, hashKeys });
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
  caller: Pick<RouteContext, "client" | "settings" | "gateway">,
  services: ServiceCatalog,
  clusters: ClusterCatalog,
): RouteContext {
  const onlyPort = (host: string): number | undefined => {
    const ports = services.find(host)?.policy.ports ?? [];
    return ports.length === 1 ? ports[0]?.number : undefined;
  };
  return {
    ...caller,
    // A sidecar's listener knows only services that have its port; a Gateway knows them all.
    fixedPort: caller.gateway === meshGateway ? () => undefined : onlyPort,
    hashKeys: (host, port, subset) => clusters.hashKeys(host, port, subset),
  };
}

function createVirtualHosts(
  index: ResourceIndex,
  { ordered, place }: SelectedRules,
  context: RouteContext,
): MeshPolicy["virtualHosts"] {
  const { settings, gateway } = context;
  const translate: TranslateRules = (resource) => {
    const root = { name: nameOf(resource), namespace: namespaceOf(resource) };
    return place(resource).map((route) => translateRoute(route, root, context));
  };
  if (gateway === meshGateway) return meshVirtualHosts(ordered, settings.domain, translate);
  const served = index.gateways.find((resource) => nameOf(resource) === gateway);
  return served === undefined ? [] : gatewayVirtualHosts(served, ordered, context, translate);
}
