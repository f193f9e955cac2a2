import { isIPv6 } from "node:net";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";

/** Which kinds of addresses this machine can call. */
export interface AddressFamilies {
  readonly ipv4: boolean;
  readonly ipv6: boolean;
}

/** Addresses of one link only lead nowhere else: RFC 3927 and RFC 4291, section 2.5.6. */
const linkLocal: RegExp = /^(169\.254\.|fe[89ab])/i;

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
  const ipv6 = addresses.some(isIPv6);
  return { ipv6, ipv4: !ipv6 || !addresses.every(isIPv6) };
}
