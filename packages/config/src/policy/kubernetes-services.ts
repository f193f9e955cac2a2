import { canonicalAddress, type ServicePort } from "@intramesh/core";
import type { Resource } from "../resource.ts";
import type { ServicePortSpec, ServiceSpec, WorkloadEntrySpec } from "../spec/service.ts";
import { serviceHost } from "./host-name.ts";
import { trafficDistribution } from "./load-balancing/traffic-distribution.ts";
import { portProtocol } from "./port-protocol.ts";
import { namespaceOf } from "./resource-order.ts";
import { serviceNames } from "./service-names.ts";
import type { ServiceRecord } from "./service-record.ts";
import { findVisibility } from "./visibility.ts";
import { entryEndpoint, portNamed, presentEndpoints, selectedWorkloads } from "./workloads.ts";

/** Annotation by which a Service limits the namespaces that see it. */
const exportToAnnotation = "networking.istio.io/exportTo";

interface Translated {
  readonly namespace: string;
  readonly domain: string;
  readonly record: ServiceRecord | undefined;
}

/** Translations of Services that have not changed, each for the last namespace that asked: a process has one. */
const translated = new WeakMap<Resource, Translated>();

/** A v1 Service as a client of `namespace` sees it; undefined where it does not. */
export function translateService(
  resource: Resource<ServiceSpec>,
  namespace: string,
  domain: string,
): ServiceRecord | undefined {
  const known = translated.get(resource);
  if (known !== undefined && known.namespace === namespace && known.domain === domain) return known.record;
  const own = namespaceOf(resource);
  const exportTo = resource.metadata.annotations?.[exportToAnnotation]?.split(",").map((name) => name.trim());
  const isVisible = findVisibility(exportTo, own, namespace) !== undefined;
  const record = isVisible ? translate(resource, { namespace, domain }) : undefined;
  translated.set(resource, { namespace, domain, record });
  return record;
}

function translate(
  resource: Resource<ServiceSpec>,
  viewer: { readonly namespace: string; readonly domain: string },
): ServiceRecord {
  const { spec } = resource;
  const name = resource.metadata.name.toLowerCase();
  const namespace = namespaceOf(resource);
  const addresses = (spec.clusterIPs ?? [spec.clusterIP]).filter(
    (address): address is string => address !== undefined && address !== "" && address !== "None",
  );
  const host = serviceHost(name, namespace, viewer.domain);
  return {
    policy: {
      host,
      name,
      namespace,
      ports: (spec.ports ?? []).map(portOf),
      aliases: [...serviceNames(host, viewer), ...addresses.map(canonicalAddress)],
    },
    workloads: selectedWorkloads(namespace, spec.selector),
    nearness: trafficDistribution(spec.trafficDistribution, resource.metadata.annotations),
    endpoints(port, _host, workloads) {
      const written = spec.ports?.find((one) => one.port === port.number);
      const selected = workloads.select(namespace, spec.selector ?? {});
      return presentEndpoints(selected.map((entry) => entryEndpoint(entry, targetOf(written, entry) ?? port.number)));
    },
  };
}

function portOf(port: ServicePortSpec): ServicePort {
  const name = port.name ?? "";
  return { number: port.port ?? 0, name, protocol: portProtocol(name, port.appProtocol) };
}

/** The workload's own port of that name beats targetPort, which beats the port itself. */
function targetOf(port: ServicePortSpec | undefined, entry: Resource<WorkloadEntrySpec>): number | undefined {
  const { ports } = entry.spec;
  const byName = portNamed(ports, port?.name ?? "");
  if (byName !== undefined) return byName;
  return typeof port?.targetPort === "string" ? portNamed(ports, port.targetPort) : port?.targetPort;
}
