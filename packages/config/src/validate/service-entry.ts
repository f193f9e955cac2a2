import { serviceEntry } from "../schema/service-entry.ts";
import type { ServiceEntryPort, ServiceEntrySpec } from "../spec/service.ts";
import { isIpBlock } from "./addresses.ts";
import { checkExportTo } from "./export-to.ts";
import { checkDnsLabel, checkLabels, checkPort, findWildcardHostFault } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck, type SpecOwner } from "./spec-check.ts";
import { checkWorkload } from "./workload-entry.ts";

/** Istio's limit for the hosts of one entry. */
const maxHosts = 256;

/** Protocols whose requests name their host, so that several hosts can share a port. */
const namesItsHost: ReadonlySet<string> = new Set(["HTTP", "HTTP2", "HTTPS", "GRPC", "GRPC-WEB", "TLS", "HTTP_PROXY"]);
const protocols: readonly string[] = [...namesItsHost, "TCP", "UDP", "MONGO", "MYSQL", "REDIS", "HBONE"];

/** Protocols for which Istio resolves the names under a wildcard one by one. */
const resolvesByName: ReadonlySet<string> = new Set(["HTTP", "HTTP2", "GRPC", "TLS"]);

/** Checks ServiceEntries. */
export const serviceEntryCheck: SpecCheck = defineSpecCheck(
  shapeOf<ServiceEntrySpec>(serviceEntry.spec),
  checkServiceEntry,
);

function checkServiceEntry(spec: ServiceEntrySpec, place: Place, owner: SpecOwner): void {
  checkHosts(spec, place.field("hosts"));
  checkAddresses(spec, place.field("addresses"));
  checkPorts(spec.ports ?? [], place.field("ports"));
  checkProtocolsOfNames(spec, place.field("ports"));
  checkEndpoints(spec, place.field("endpoints"));
  checkLabels(spec.workloadSelector?.labels, place.field("workloadSelector").field("labels"));
  checkExportTo(spec.exportTo, owner.namespace, place.field("exportTo"), true);
}

function checkHosts(spec: ServiceEntrySpec, place: Place): void {
  const { hosts = [], resolution = "NONE", endpoints = [], ports = [] } = spec;
  if (hosts.length === 0) place.error("is empty: name at least one host");
  if (hosts.length > maxHosts) place.error(`has ${hosts.length} hosts: at most ${maxHosts}`);
  for (const [at, host] of hosts.entries()) {
    const fault =
      host === "*" ? '"*" would be every host: name the hosts, or write *.example.com' : findWildcardHostFault(host);
    if (fault !== undefined) place.at(at).error(fault);
    if (hosts.indexOf(host) < at) place.at(at).warn(`"${host}" is named twice`);
    if (/^\*[^.]/.test(host) && resolution !== "DYNAMIC_DNS")
      place.at(at).warn(`"${host}" is a wildcard within a label: write *.example.com`);
    if (!host.startsWith("*")) {
      if (resolution === "DYNAMIC_DNS")
        place.at(at).error(`"${host}" is no wildcard: DYNAMIC_DNS is for wildcard hosts; use DNS`);
    } else if (
      (resolution === "DNS" || resolution === "DNS_ROUND_ROBIN") &&
      endpoints.length === 0 &&
      spec.workloadSelector === undefined
    ) {
      place.at(at).error(`"${host}" cannot be resolved by ${resolution}: give endpoints, or use NONE or DYNAMIC_DNS`);
    }
  }
  const opaque = ports.filter(({ protocol = "" }) => !namesItsHost.has(protocol.toUpperCase()));
  if (hosts.length > 1 && opaque.length > 0 && resolution !== "NONE") {
    place.error(
      `several hosts cannot share port ${opaque[0]?.number}: ${opaque[0]?.protocol || "TCP"} does not name its host; make an entry for each`,
    );
  }
}

function checkProtocolsOfNames({ ports = [], resolution }: ServiceEntrySpec, place: Place): void {
  if (resolution !== "DYNAMIC_DNS") return;
  for (const [at, { protocol = "" }] of ports.entries()) {
    if (resolvesByName.has(protocol.toUpperCase())) continue;
    place
      .at(at)
      .field("protocol")
      .error(`"${protocol}": DYNAMIC_DNS serves ${[...resolvesByName].join(", ")} only`);
  }
}

function checkAddresses({ addresses = [], resolution = "NONE" }: ServiceEntrySpec, place: Place): void {
  if (resolution === "DYNAMIC_DNS" && addresses.length > 0) place.error("DYNAMIC_DNS takes no addresses: drop them");
  for (const [at, address] of addresses.entries()) {
    if (!isIpBlock(address)) place.at(at).error(`"${address}" is not an IP address or a range such as 192.0.2.0/24`);
    else if (address.includes("/") && resolution !== "NONE" && resolution !== "STATIC") {
      place.at(at).error(`"${address}" is a range: it goes with resolution NONE or STATIC, not ${resolution}`);
    }
  }
}

function checkPorts(ports: readonly ServiceEntryPort[], place: Place): void {
  if (ports.length === 0) place.warn("is empty: the hosts cannot be called without a port");
  for (const [at, port] of ports.entries()) {
    const entry = place.at(at);
    checkPort(port.number, entry.field("number"));
    if (port.targetPort !== undefined && port.targetPort !== 0) checkPort(port.targetPort, entry.field("targetPort"));
    if (!port.name) entry.field("name").error("is missing: endpoints name their ports by it");
    else checkDnsLabel(port.name, entry.field("name"));
    if (port.protocol && !protocols.includes(port.protocol.toUpperCase())) {
      entry.field("protocol").error(`"${port.protocol}" is not a protocol: one of ${protocols.join(", ")}`);
    }
    const earlier = ports.slice(0, at);
    if (earlier.some(({ number }) => number === port.number))
      entry.field("number").error(`${port.number} is used twice`);
    if (port.name && earlier.some(({ name }) => name === port.name))
      entry.field("name").error(`"${port.name}" is used twice`);
  }
}

function checkEndpoints(spec: ServiceEntrySpec, place: Place): void {
  const { endpoints = [], resolution = "NONE", ports = [] } = spec;
  if (endpoints.length === 0) return;
  if (spec.workloadSelector !== undefined) place.error("endpoints and workloadSelector exclude each other: keep one");
  if (resolution === "NONE" || resolution === "DYNAMIC_DNS") {
    place.error(`resolution ${resolution} has no endpoints: use STATIC or DNS, or drop them`);
  }
  if (resolution === "DNS_ROUND_ROBIN" && endpoints.length > 1)
    place.error(`DNS_ROUND_ROBIN takes one endpoint: ${endpoints.length} are given`);
  const names = new Set(ports.map(({ name }) => name));
  for (const [at, endpoint] of endpoints.entries()) {
    checkWorkload(endpoint, place.at(at), resolution !== "STATIC");
    for (const name of Object.keys(endpoint.ports ?? {})) {
      if (!names.has(name))
        place
          .at(at)
          .field("ports")
          .at(name)
          .error(`"${name}" is no port of the entry: ${[...names].join(", ")}`);
    }
  }
}
