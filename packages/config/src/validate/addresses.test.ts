import assert from "node:assert/strict";
import { it } from "node:test";
import { isIpAddress, isIpBlock } from "./addresses.ts";

for (const text of ["192.0.2.1", "0.0.0.0", "::", "::1", "fd00::1", "2001:db8:0:0:0:0:0:1", "::ffff:192.0.2.1"]) {
  it(`${text} is an address`, () => assert.equal(isIpAddress(text), true));
}

for (const text of [
  "",
  "192.0.2",
  "192.0.2.256",
  "192.0.02.1",
  "reviews",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "12345::",
  ":::",
]) {
  it(`${JSON.stringify(text)} is no address`, () => assert.equal(isIpAddress(text), false));
}

it("a range has as many bits as its address at most", () => {
  assert.deepEqual(["192.0.2.0/24", "192.0.2.0/32", "fd00::/128"].map(isIpBlock), [true, true, true]);
  assert.deepEqual(["192.0.2.0/33", "fd00::/129", "192.0.2.0/", "192.0.2.0/x"].map(isIpBlock), [
    false,
    false,
    false,
    false,
  ]);
});
