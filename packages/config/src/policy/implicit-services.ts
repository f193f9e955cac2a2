import type { ServicePort } from "@intramesh/core";
import { instanceMarks } from "../instance-marks.ts";
import type { Resource } from "../resource.ts";
import type { WorkloadEntrySpec } from "../spec/service.ts";
import { serviceHost } from "./host-name.ts";
import { serviceAliases } from "./kubernetes-services.ts";
import { portProtocol } from "./port-protocol.ts";
import { namespaceOf } from "./resource-order.ts";
import type { ServiceRecord } from "./service-record.ts";
import { entryEndpoint, portNamed } from "./workloads.ts";

type Entry = Resource<WorkloadEntrySpec>;

/** Services that exist through their instances alone: no resource declares them. `isDeclared` answers by FQDN. */
export function findImplicitServices(
  entries: readonly Entry[],
  viewer: { readonly namespace: string; readonly domain: string },
  isDeclared: (host: string) => boolean,
): readonly ServiceRecord[] {
  const instances = new Map<string, { name: string; namespace: string; entries: Entry[] }>();
  for (const entry of entries) {
    const name = entry.metadata.annotations?.[instanceMarks.service];
    if (name === undefined) continue;
    const namespace = namespaceOf(entry);
    const host = serviceHost(name.toLowerCase(), namespace, viewer.domain);
    const known = instances.get(host);
    if (known !== undefined) known.entries.push(entry);
    else if (!isDeclared(host)) instances.set(host, { name: name.toLowerCase(), namespace, entries: [entry] });
  }
  return [...instances].map(([host, service]) => ({
    policy: {
      host,
      name: service.name,
      namespace: service.namespace,
      ports: portsOf(service.entries),
      aliases: serviceAliases(service.name, service.namespace, viewer.domain, service.namespace === viewer.namespace),
    },
    endpoints: (port) =>
      service.entries
        .filter((entry) => portNamed(callerPorts(entry), port.name) === port.number)
        .map((entry) => entryEndpoint(entry, portNamed(entry.spec.ports, port.name) ?? port.number))
        .filter((endpoint) => endpoint !== undefined),
  }));
}

/** Ports of all instances, the first to use a number names it. */
function portsOf(entries: readonly Entry[]): readonly ServicePort[] {
  const byNumber = new Map<number, ServicePort>();
  for (const entry of entries) {
    for (const [name, number] of Object.entries(callerPorts(entry))) {
      if (!byNumber.has(number)) byNumber.set(number, { number, name, protocol: portProtocol(name, undefined) });
    }
  }
  return [...byNumber.values()];
}

/** Parsed annotations, for as long as their entry lives. */
const parsedPorts = new WeakMap<Entry, Readonly<Record<string, number>>>();

/** Port names to the ports that callers use. An annotation that cannot be read counts as absent. */
function callerPorts(entry: Entry): Readonly<Record<string, number>> {
  let ports = parsedPorts.get(entry);
  if (ports === undefined) {
    ports = parsePorts(entry.metadata.annotations?.[instanceMarks.servicePorts]) ?? entry.spec.ports ?? {};
    parsedPorts.set(entry, ports);
  }
  return ports;
}

function parsePorts(text: string | undefined): Readonly<Record<string, number>> | undefined {
  if (text === undefined) return undefined;
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return undefined;
    const ports = Object.entries(parsed).filter((port): port is [string, number] => Number.isInteger(port[1]));
    return Object.fromEntries(ports);
  } catch {
    return undefined;
  }
}
