import assert from "node:assert/strict";
import { it } from "node:test";
import { canonicalAddress } from "./ip-address.ts";
import { seededRandom } from "./random.ts";

const addresses: readonly (readonly [written: string, canonical: string])[] = [
  ["2001:DB8:0::1", "2001:db8::1"],
  ["2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"],
  ["2001:db8::0:1:0:0:1", "2001:db8::1:0:0:1"],
  ["2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"],
  ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
  ["2001:db8:1:1:1:1::1", "2001:db8:1:1:1:1:0:1"],
  ["::", "::"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["fe80::", "fe80::"],
  ["::ffff:192.0.2.1", "::ffff:c000:201"],
  ["192.0.2.1", "192.0.2.1"],
  ["Api.example", "Api.example"],
  ["1::2::3", "1::2::3"],
  ["1:2:3", "1:2:3"],
  ["::12345", "::12345"],
  ["::1.2.3", "::1.2.3"],
  [":1:2:3:4:5:6:7:8", ":1:2:3:4:5:6:7:8"],
];
for (const [written, canonical] of addresses) {
  it(`${written} is ${canonical}`, () => assert.equal(canonicalAddress(written), canonical));
}

it("an IPv6 address has the form that it has in the host of a URL", () => {
  const random = seededRandom(7);
  for (let round = 0; round < 1_000; round += 1) {
    const groups = Array.from({ length: 8 }, () => (random() < 0.5 ? 0 : Math.floor(random() * 0x1_0000)));
    const address = groups.map((group) => group.toString(16).toUpperCase().padStart(4, "0")).join(":");
    assert.equal(`[${canonicalAddress(address)}]`, new URL(`http://[${address}]/`).hostname);
  }
});
