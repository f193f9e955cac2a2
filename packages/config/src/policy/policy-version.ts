import type { MeshPolicy, TelemetryPolicy } from "@intramesh/core";
import { createClusterCatalog } from "./cluster-catalog.ts";
import type { DestinationRules } from "./destination-rules.ts";
import { meshGateway } from "./gateway-name.ts";
import type { MeshClient } from "./mesh-client.ts";
import type { MeshSettings } from "./mesh-settings.ts";
import type { ResiliencePolicies } from "./resilience-policies.ts";
import type { RouteContext } from "./route-context.ts";
import type { ServiceCatalog } from "./service-directory.ts";
import { translateUnwritten } from "./translate-route.ts";
import type { WorkloadIndex } from "./workloads.ts";

/** What a policy answers from. None of it changes. */
export interface PolicyParts {
  readonly client: MeshClient;
  readonly mesh: MeshSettings;
  /** `namespace/name` of the Gateway that the client serves; `mesh` inside the mesh. */
  readonly gateway: string;
  readonly outboundTrafficPolicy: MeshPolicy["outboundTrafficPolicy"];
  readonly services: ServiceCatalog;
  /** Undefined: every service is, on all its ports. */
  readonly isCallable: MeshPolicy["isCallable"];
  readonly rules: DestinationRules;
  readonly workloads: WorkloadIndex;
  readonly resilience: ResiliencePolicies;
  readonly telemetry: TelemetryPolicy;
}

/** A policy but for its rules, which are translated in its context. */
export interface PolicyVersion {
  readonly context: RouteContext;
  complete(virtualHosts: MeshPolicy["virtualHosts"]): MeshPolicy;
}

/** Clusters and endpoints are translated when first asked for. */
export function createPolicyVersion(parts: PolicyParts): PolicyVersion {
  const { client, mesh, gateway, services, rules, workloads, resilience } = parts;
  const clusters = createClusterCatalog({
    services,
    rules,
    workloads: () => workloads,
    connectTimeoutMs: mesh.connectTimeoutMs,
    meshPolicy: mesh.defaultTrafficPolicy,
    balancing: { client, meshLocality: mesh.localityLbSetting, meshZoneAware: mesh.zoneAwareLbSetting },
    resilience,
  });
  const onlyPort = (host: string): number | undefined => {
    const ports = services.find(host)?.policy.ports ?? [];
    return ports.length === 1 ? ports[0]?.number : undefined;
  };
  const context: RouteContext = {
    client,
    settings: mesh,
    gateway,
    // A sidecar's listener knows only services that have its port; a Gateway knows them all.
    fixedPort: gateway === meshGateway ? () => undefined : onlyPort,
    // Settings of a port pin only where a destination names the port, as in Istio's route builder.
    hashKeys: (host, port, subset) => clusters.hashKeys(host, port, subset),
  };
  return {
    context,
    complete: (virtualHosts) => ({
      gateway: client.gateway === undefined ? undefined : gateway,
      services: services.policies,
      ...(parts.isCallable !== undefined && { isCallable: parts.isCallable }),
      virtualHosts,
      outboundTrafficPolicy: parts.outboundTrafficPolicy,
      pathNormalization: mesh.pathNormalization,
      telemetry: parts.telemetry,
      cluster: (ref) => clusters.find(ref),
      endpoints: (cluster) => clusters.endpoints(cluster),
      workloads: (host) => services.find(host)?.workloads,
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
    }),
  };
}
