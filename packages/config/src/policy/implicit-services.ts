import type { ServicePort } from "@intramesh/core";
import { instanceMarks } from "../instance-marks.ts";
import type { Resource } from "../resource.ts";
import type { WorkloadEntrySpec } from "../spec/service.ts";
import { serviceHost } from "./host-name.ts";
import { portProtocol } from "./port-protocol.ts";
import { serviceNames } from "./service-names.ts";
import type { ServiceRecord } from "./service-record.ts";
import { entryEndpoint, portNamed, presentEndpoints } from "./workloads.ts";

type Entry = Resource<WorkloadEntrySpec>;

/**
 * A service that exists through its instances alone: no resource declares it. The record of `before` where the
 * service is as it was; who its instances are is asked when endpoints are.
 */
export function translateInstances(
  entries: readonly Entry[],
  service: { readonly name: string; readonly namespace: string },
  viewer: { readonly namespace: string; readonly domain: string },
  before: ServiceRecord | undefined,
): ServiceRecord {
  const { name, namespace } = service;
  const ports = portsOf(entries);
  if (before !== undefined && samePorts(ports, before.policy.ports)) return before;
  const host = serviceHost(name, namespace, viewer.domain);
  return {
    policy: {
      host,
      name,
      namespace,
      ports,
      aliases: serviceNames(host, viewer),
    },
    workloads: { kind: "registered", namespace, service: name },
    endpoints: (port, _host, workloads) =>
      presentEndpoints(
        workloads
          .instances(namespace, name)
          .filter((entry) => portNamed(callerPorts(entry), port.name) === port.number)
          .map((entry) => entryEndpoint(entry, portNamed(entry.spec.ports, port.name) ?? port.number)),
      ),
  };
}

function samePorts(some: readonly ServicePort[], others: readonly ServicePort[]): boolean {
  return (
    some.length === others.length &&
    some.every(({ number, name }, at) => number === others[at]!.number && name === others[at]!.name)
  );
}

/** Ports of all instances in the order of their numbers. Of two names for a number the alphabetically first stands. */
function portsOf(entries: readonly Entry[]): readonly ServicePort[] {
  const names = new Map<number, string>();
  for (const entry of entries) {
    const ports = callerPorts(entry);
    for (const name in ports) {
      const number = ports[name]!;
      const known = names.get(number);
      if (known === undefined || name < known) names.set(number, name);
    }
  }
  return [...names]
    .sort(([one], [other]) => one - other)
    .map(([number, name]) => ({ number, name, protocol: portProtocol(name, undefined) }));
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
