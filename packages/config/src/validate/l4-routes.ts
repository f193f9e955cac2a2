import { coversHost } from "../policy/host-name.ts";
import type { L4Destination, TcpRoute, TlsMatch, TlsRoute } from "../spec/virtual-service.ts";
import { isIpAddress, isIpBlock } from "./addresses.ts";
import { checkGatewayNames } from "./gateway-names.ts";
import { checkDestination, checkWeights } from "./http-destinations.ts";
import { checkDnsLabel, checkLabels, checkPort, findWildcardHostFault } from "./names.ts";
import type { Place } from "./place.ts";

/** `hosts` are those of the VirtualService: SNI hosts lie within them. */
export function checkTlsRoute(route: TlsRoute, place: Place, hosts: readonly string[]): void {
  const { match = [] } = route;
  if (match.length === 0) place.field("match").error("is missing: a TLS rule needs a match with sniHosts");
  for (const [at, entry] of match.entries()) {
    const entryPlace = place.field("match").at(at);
    checkL4Match(entry, entryPlace);
    checkSniHosts(entry.sniHosts ?? [], entryPlace.field("sniHosts"), hosts);
  }
  checkL4Destinations(route.route, place.field("route"));
}

/** Checks one rule of `tcp[]`. */
export function checkTcpRoute(route: TcpRoute, place: Place): void {
  for (const [at, entry] of (route.match ?? []).entries()) checkL4Match(entry, place.field("match").at(at));
  checkL4Destinations(route.route, place.field("route"));
}

function checkSniHosts(sniHosts: readonly string[], place: Place, hosts: readonly string[]): void {
  if (sniHosts.length === 0) place.error("is missing: a TLS match needs at least one SNI host");
  for (const [at, host] of sniHosts.entries()) {
    if (isIpAddress(host)) {
      place.at(at).warn(`"${host}" is an address: clients send no SNI for addresses`);
      continue;
    }
    const fault = findWildcardHostFault(host);
    if (fault !== undefined) place.at(at).error(fault);
    const isWithin = hosts.some((known) => coversHost(known.toLowerCase(), host.toLowerCase()));
    if (!isWithin) place.at(at).error(`"${host}" lies outside the hosts of the VirtualService: ${hosts.join(", ")}`);
  }
}

function checkL4Match(match: Omit<TlsMatch, "sniHosts">, place: Place): void {
  for (const [at, subnet] of (match.destinationSubnets ?? []).entries()) {
    if (!isIpBlock(subnet)) place.field("destinationSubnets").at(at).error(`"${subnet}" is not an address or a range`);
  }
  if (match.port !== undefined && match.port !== 0) checkPort(match.port, place.field("port"));
  checkLabels(match.sourceLabels, place.field("sourceLabels"));
  checkGatewayNames(match.gateways, place.field("gateways"));
  if (match.sourceNamespace) checkDnsLabel(match.sourceNamespace, place.field("sourceNamespace"));
}

function checkL4Destinations(destinations: readonly L4Destination[] = [], place: Place): void {
  if (destinations.length === 0) place.error("is missing: the rule needs a destination");
  checkWeights(destinations, place);
  for (const [at, { destination }] of destinations.entries()) {
    const entry = place.at(at).field("destination");
    if (destination === undefined) entry.error("is missing: name the host to forward to");
    else checkDestination(destination, entry);
  }
}
