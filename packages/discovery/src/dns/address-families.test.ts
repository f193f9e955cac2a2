import assert from "node:assert/strict";
import type { NetworkInterfaceInfo } from "node:os";
import { test } from "node:test";
import { findAddressFamilies } from "./address-families.ts";

for (const [said, addresses, expected] of [
  ["loopback alone is taken for IPv4", [], { ipv4: true, ipv6: "none" }],
  ["addresses of one link lead nowhere", ["169.254.1.1", "fe80::1"], { ipv4: true, ipv6: "none" }],
  ["IPv4 alone", ["192.0.2.2", "fe80::1"], { ipv4: true, ipv6: "none" }],
  ["IPv6 alone", ["2001:db8::2"], { ipv4: false, ipv6: "global" }],
  ["both", ["192.0.2.2", "fd00::2", "2001:db8::2"], { ipv4: true, ipv6: "global" }],
  ["IPv6 within the site", ["192.0.2.2", "fd00::2"], { ipv4: true, ipv6: "local" }],
] as const) {
  test(said, () => {
    const loopback = { address: "::1", internal: true };
    const list = [loopback, ...addresses.map((address) => ({ address, internal: false }))];
    assert.deepEqual(findAddressFamilies({ eth0: list as NetworkInterfaceInfo[] }), expected);
  });
}
