import { isIPv6 } from "node:net";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

/** Which kinds of addresses this machine can call. */
export interface AddressFamilies {
  readonly ipv4: boolean;
  /** `local`: its own IPv6 addresses are unique local ones (RFC 4193), from which the rest of IPv6 is rarely reached. */
  readonly ipv6: "none" | "local" | "global";
}

/** Addresses of one link only lead nowhere else: RFC 3927 and RFC 4291, section 2.5.6. */
const linkLocal: RegExp = /^(169\.254\.|fe[89ab])/i;

/** fc00::/7 */
const uniqueLocal: RegExp = /^f[cd]/i;

/**
 * Families of which this machine has an address that leads out of it, as getaddrinfo's AI_ADDRCONFIG and Istio's choice of
 * dns_lookup_family; IPv4 where it has neither, as in a sandbox with nothing but loopback.
 */
export function findAddressFamilies(
  interfaces: NodeJS.Dict<NetworkInterfaceInfo[]> = networkInterfaces(),
): AddressFamilies {
  const addresses = Object.values(interfaces)
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !linkLocal.test(address))
    .map(({ address }) => address);
  const ipv6 = addresses.filter(isIPv6);
  const hasIpv4 = ipv6.length < addresses.length || addresses.length === 0;
  if (ipv6.length === 0) return { ipv4: hasIpv4, ipv6: "none" };
  return { ipv4: hasIpv4, ipv6: ipv6.every(isUniqueLocal) ? "local" : "global" };
}

/** True for an IPv6 address that is routed within a site only. */
export function isUniqueLocal(address: string): boolean {
  return isIPv6(address) && uniqueLocal.test(address);
}
