import type { Resource } from "../resource.ts";
import type { DestinationRuleSpec } from "../spec/destination-rule.ts";
import type { GatewaySpec } from "../spec/gateway.ts";
import type { ServiceEntrySpec, ServiceSpec, WorkloadEntrySpec } from "../spec/service.ts";
import type { SidecarSpec } from "../spec/sidecar.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";

/** The resources that routing comes from, by kind. */
export interface ResourceIndex {
  readonly virtualServices: readonly Resource<VirtualServiceSpec>[];
  readonly destinationRules: readonly Resource<DestinationRuleSpec>[];
  readonly services: readonly Resource<ServiceSpec>[];
  readonly serviceEntries: readonly Resource<ServiceEntrySpec>[];
  readonly workloadEntries: readonly Resource<WorkloadEntrySpec>[];
  readonly sidecars: readonly Resource<SidecarSpec>[];
  readonly gateways: readonly Resource<GatewaySpec>[];
}

/** Sorts checked resources by kind, in one pass. Kinds that routing does not come from are left out. */
export function indexResources(resources: Iterable<Resource>): ResourceIndex {
  const byKind: Record<string, Resource[]> = {
    VirtualService: [],
    DestinationRule: [],
    Service: [],
    ServiceEntry: [],
    WorkloadEntry: [],
    Sidecar: [],
    Gateway: [],
  };
  for (const resource of resources) byKind[resource.kind]?.push(resource);
  // A resource has been checked before it comes here: its kind says what its spec is.
  return {
    virtualServices: byKind["VirtualService"] as Resource<VirtualServiceSpec>[],
    destinationRules: byKind["DestinationRule"] as Resource<DestinationRuleSpec>[],
    services: byKind["Service"] as Resource<ServiceSpec>[],
    serviceEntries: byKind["ServiceEntry"] as Resource<ServiceEntrySpec>[],
    workloadEntries: byKind["WorkloadEntry"] as Resource<WorkloadEntrySpec>[],
    sidecars: byKind["Sidecar"] as Resource<SidecarSpec>[],
    gateways: byKind["Gateway"] as Resource<GatewaySpec>[],
  };
}
