import { coversHost } from "../policy/host-name.ts";
import { virtualService } from "../schema/virtual-service.ts";
import type { VirtualServiceSpec } from "../spec/virtual-service.ts";
import { isIpAddress } from "./addresses.ts";
import { checkExportTo } from "./export-to.ts";
import { checkGatewayNames } from "./gateway-names.ts";
import { checkHttpRoute } from "./http-route.ts";
import { checkTcpRoute, checkTlsRoute } from "./l4-routes.ts";
import { findWildcardHostFault } from "./names.ts";
import type { Place } from "./place.ts";
import { shapeOf } from "./shape-of.ts";
import { defineSpecCheck, type SpecCheck, type SpecOwner } from "./spec-check.ts";
import { warnOfUnreachableL4Rules, warnOfUnreachableRules } from "./unreachable-rules.ts";

/** Checks VirtualServices. */
export const virtualServiceCheck: SpecCheck = defineSpecCheck(
  shapeOf<VirtualServiceSpec>(virtualService.spec),
  checkVirtualService,
  [
    "http[]",
    "http[].match[]",
    "http[].route[]",
    "http[].route[].destination",
    "http[].route[].headers",
    "http[].rewrite",
    "http[].timeout",
    "http[].retries",
    "http[].fault",
    "http[].headers",
    "http[].corsPolicy",
    "tls[]",
    "tcp[]",
  ],
);

function checkVirtualService(spec: VirtualServiceSpec, place: Place, owner: SpecOwner): void {
  const { http = [], tls = [], tcp = [] } = spec;
  const isDelegate = (spec.hosts ?? []).length === 0;
  const inMesh = isEmpty(spec.gateways) || spec.gateways?.includes("mesh") === true;
  if (isDelegate) checkDelegate(spec, place);
  else {
    checkHosts(spec.hosts ?? [], inMesh, place.field("hosts"));
    if (http.length + tls.length + tcp.length === 0) {
      place.field("http").error("is empty, and so are tls and tcp: a VirtualService needs at least one rule");
    }
  }
  checkGatewayNames(spec.gateways, place.field("gateways"));
  for (const [at, route] of http.entries()) checkHttpRoute(route, place.field("http").at(at), { isDelegate, inMesh });
  for (const [at, route] of tls.entries()) checkTlsRoute(route, place.field("tls").at(at), spec.hosts ?? []);
  for (const [at, route] of tcp.entries()) checkTcpRoute(route, place.field("tcp").at(at));
  checkExportTo(spec.exportTo, owner.namespace, place.field("exportTo"));
  warnOfUnreachableRules(http, place.field("http"));
  warnOfUnreachableL4Rules(tls, place.field("tls"));
  warnOfUnreachableL4Rules(tcp, place.field("tcp"));
}

/** A VirtualService without hosts: rules for others to refer to. */
function checkDelegate(spec: VirtualServiceSpec, place: Place): void {
  const without = "a VirtualService without hosts is a delegate, its root says where it holds: add hosts or drop this";
  if (!isEmpty(spec.gateways)) place.field("gateways").error(without);
  if (!isEmpty(spec.tls)) place.field("tls").error(without);
  if (!isEmpty(spec.tcp)) place.field("tcp").error(without);
  if (isEmpty(spec.http)) place.field("http").error("is empty: a delegate has http rules");
}

function checkHosts(hosts: readonly string[], inMesh: boolean, place: Place): void {
  for (const [at, host] of hosts.entries()) {
    if (host === "*" && inMesh) {
      place
        .at(at)
        .error('"*" would take every host of the mesh: name the hosts, or bind the VirtualService to a gateway only');
      continue;
    }
    const fault = isIpAddress(host) ? undefined : findWildcardHostFault(host);
    if (fault !== undefined) place.at(at).error(fault);
    const other = hosts.findIndex((earlier, before) => before < at && overlap(earlier, host));
    if (other >= 0) place.at(at).error(`"${host}" overlaps with "${hosts[other]}": a host belongs to one entry`);
  }
}

function overlap(one: string, other: string): boolean {
  const [first, second] = [one.toLowerCase(), other.toLowerCase()];
  return coversHost(first, second) || coversHost(second, first);
}

function isEmpty(list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === 0;
}
