import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createSlots } from "./slots.ts";

describe("createSlots", () => {
  it("lets in as many as there are places, the others in the order in which they came", () => {
    const slots = createSlots(2);
    const inside: string[] = [];
    const leave = ["a", "b", "c", "d"].map((name) => slots.take(() => inside.push(name)));
    assert.deepEqual(inside, ["a", "b"]);
    assert.equal(slots.isCrowded, true);
    leave[1]!();
    leave[0]!();
    assert.deepEqual(inside, ["a", "b", "c", "d"]);
    assert.equal(slots.isCrowded, false);
  });

  it("forgets who leaves the line", () => {
    const slots = createSlots(1);
    const inside: string[] = [];
    const leaveFirst = slots.take(() => inside.push("a"));
    const leaveLine = slots.take(() => inside.push("b"));
    slots.take(() => inside.push("c"));
    leaveLine();
    leaveFirst();
    assert.deepEqual(inside, ["a", "c"]);
  });

  it("gives a place back once, however often it is given up", () => {
    const slots = createSlots(1);
    const inside: string[] = [];
    const leave = slots.take(() => inside.push("a"));
    leave();
    leave();
    slots.take(() => inside.push("b"));
    slots.take(() => inside.push("c"));
    assert.deepEqual(inside, ["a", "b"]);
  });
});
