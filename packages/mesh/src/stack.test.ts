import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { order, stack } from "./stack.ts";

describe("stack", () => {
  const roles = stack.map(({ role }) => role);

  it("has each role once", () => {
    assert.equal(new Set(roles).size, roles.length);
  });

  for (const { above, below, because } of order) {
    it(`has ${above} above ${below}: ${because}`, () => {
      assert.ok(roles.includes(above) && roles.includes(below));
      assert.ok(roles.indexOf(above) < roles.indexOf(below));
    });
  }

  it("says of every stage but the last why it stands above another", () => {
    const placed = new Set(order.map(({ above }) => above));
    assert.deepEqual(
      roles.slice(0, -1).filter((role) => !placed.has(role)),
      [],
    );
  });
});
