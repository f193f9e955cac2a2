import { canonicalAddress, type Endpoint, type NameResolution, type ServicePort } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { ServiceEntryPort, ServiceEntrySpec, WorkloadEntrySpec } from "../spec/service.ts";
import { trafficDistribution } from "./load-balancing/traffic-distribution.ts";
import { namespaceOf } from "./resource-order.ts";
import { serviceNames } from "./service-names.ts";
import type { ServiceRecord } from "./service-record.ts";
import {
  endpointOf,
  entryEndpoint,
  portNamed,
  presentEndpoints,
  selectedWorkloads,
  type WorkloadIndex,
} from "./workloads.ts";

/** Who calls: short names depend on it. */
interface Viewer {
  readonly namespace: string;
  readonly domain: string;
}

/** Translations of ServiceEntries that have not changed, each for the last namespace that asked: a process has one. */
const translated = new WeakMap<Resource, { readonly viewer: Viewer; readonly records: readonly ServiceRecord[] }>();

/** Envoy's word for each `resolution`, where names are followed. */
const nameResolutions: Readonly<Record<string, NameResolution>> = {
  DNS: "STRICT_DNS",
  DNS_ROUND_ROBIN: "LOGICAL_DNS",
};

/** The services of a ServiceEntry as a client sees them, one for each of its hosts. */
export function translateServiceEntry(
  resource: Resource<ServiceEntrySpec>,
  { namespace, domain }: Viewer,
): readonly ServiceRecord[] {
  const known = translated.get(resource);
  if (known?.viewer.namespace === namespace && known.viewer.domain === domain) return known.records;
  const viewer = { namespace, domain };
  const records = (resource.spec.hosts ?? []).map((host) => translateHost(resource, host.toLowerCase(), viewer));
  translated.set(resource, { viewer, records });
  return records;
}

function translateHost(resource: Resource<ServiceEntrySpec>, host: string, viewer: Viewer): ServiceRecord {
  const { spec } = resource;
  const addresses = (spec.addresses ?? []).filter((address) => !address.includes("/"));
  const isOnlyHost = spec.hosts?.length === 1;
  const names = serviceNames(host, viewer);
  return {
    policy: {
      host,
      name: host,
      namespace: namespaceOf(resource),
      ports: (spec.ports ?? []).map(portOf),
      aliases: isOnlyHost ? [...names, ...addresses.map(canonicalAddress)] : names,
    },
    nameResolution: nameResolutions[spec.resolution ?? "NONE"] ?? "ON_CONNECT",
    workloads: selectedWorkloads(namespaceOf(resource), spec.workloadSelector?.labels),
    nearness: trafficDistribution(undefined, resource.metadata.annotations),
    endpoints: (port, called, workloads) => endpointsOf(resource, port, called, workloads),
  };
}

function portOf(port: ServiceEntryPort): ServicePort {
  return { number: port.number ?? 0, name: port.name ?? "", protocol: (port.protocol ?? "tcp").toLowerCase() };
}

function endpointsOf(
  resource: Resource<ServiceEntrySpec>,
  port: ServicePort,
  called: string,
  workloads: WorkloadIndex,
): readonly Endpoint[] {
  const { spec } = resource;
  const written = spec.ports?.find(({ number }) => number === port.number);
  const portFor = (workload: WorkloadEntrySpec): number =>
    portNamed(workload.ports, port.name) ?? written?.targetPort ?? port.number;
  if (spec.workloadSelector !== undefined) {
    const selected = workloads.select(namespaceOf(resource), spec.workloadSelector.labels ?? {});
    return presentEndpoints(selected.map((entry) => entryEndpoint(entry, portFor(entry.spec))));
  }
  const listed = spec.endpoints ?? [];
  if (listed.length === 0 && spec.resolution !== "STATIC") {
    // The name itself is the address: resolved by the sender, or where the caller was going anyway.
    const workload: WorkloadEntrySpec = { address: called };
    const number = spec.resolution === undefined || spec.resolution === "NONE" ? port.number : portFor(workload);
    return presentEndpoints([endpointOf(workload, "", number)]);
  }
  return presentEndpoints(listed.map((workload) => endpointOf(workload, "", portFor(workload))));
}
