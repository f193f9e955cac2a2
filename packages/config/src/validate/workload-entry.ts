import { workloadEntry } from "../schema/workload-entry.ts";
import type { WorkloadEntrySpec } from "../spec/service.ts";
import { isIpAddress } from "./addresses.ts";
import { checkLabels, checkPort, findHostFault, isDnsLabel } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck } from "./spec-check.ts";

const unixScheme = "unix://";

/** In front of the name of SRV records, RFC 2782: `_http._tcp.reviews.example.com`. */
const servicePrefix: RegExp = /^_[a-z0-9-]+\._(tcp|udp)\./i;

/** Checks WorkloadEntries. */
export const workloadEntryCheck: SpecCheck = defineSpecCheck(
  shapeOf<WorkloadEntrySpec>(workloadEntry.spec),
  (spec, place) => checkWorkload(spec, place, true),
);

/** `allowsName`: the address may be a host name, to be resolved by whoever connects. */
export function checkWorkload(spec: WorkloadEntrySpec, place: Place, allowsName: boolean): void {
  checkAddress(spec, place.field("address"), allowsName);
  for (const [name, port] of Object.entries(spec.ports ?? {})) {
    if (!isDnsLabel(name)) place.field("ports").at(name).error(`"${name}" is not a name of a port: a DNS label`);
    checkPort(port, place.field("ports").at(name));
  }
  checkLabels(spec.labels, place.field("labels"));
}

function checkAddress({ address, network, ports }: WorkloadEntrySpec, place: Place, allowsName: boolean): void {
  if (!address) {
    if (!network)
      place.error("is missing: an IP address, or a host name to resolve; it may be left out beside a network only");
    return;
  }
  if (address.startsWith(unixScheme)) {
    const path = address.slice(unixScheme.length);
    if (!path.startsWith("/") && !path.startsWith("@"))
      place.error(`"${address}" is not a socket: an absolute path follows ${unixScheme}`);
    if (path.endsWith("/")) place.error(`"${address}" is a folder: name the socket in it`);
    if (Object.keys(ports ?? {}).length > 0) place.error("a unix socket has no ports: drop them");
    return;
  }
  if (isIpAddress(address)) return;
  if (!allowsName) place.error(`"${address}" is not an IP address: resolution STATIC takes no names; use DNS`);
  else {
    const fault = findHostFault(address.replace(servicePrefix, ""));
    if (fault !== undefined) place.error(`${fault}, nor an IP address`);
  }
}
