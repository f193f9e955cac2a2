import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { expectDistribution } from "@intramesh/testing";
import { endpoint, endpointsOf, picks } from "../testing/endpoints.ts";
import { RoundRobinPicker } from "./round-robin.ts";

const random = seededRandom(1);
const fromStart = (): number => 0;

test("turns come in order and begin anew", () => {
  const picker = new RoundRobinPicker(endpointsOf(1, 1, 1), fromStart, undefined);
  assert.deepEqual(
    picks(7, () => picker.pick(random)),
    ["e0", "e1", "e2", "e0", "e1", "e2", "e0"],
  );
});

test("each picker starts somewhere else", () => {
  const endpoints = endpointsOf(1, 1, 1, 1);
  const first = (): string => new RoundRobinPicker(endpoints, random, undefined).pick(random)!.endpoint.id;
  expectDistribution(4_000, first, { e0: 1, e1: 1, e2: 1, e3: 1 });
});

test("an endpoint to avoid loses its turn", () => {
  const picker = new RoundRobinPicker(endpointsOf(1, 1, 1), fromStart, undefined);
  assert.deepEqual(
    picks(3, () => picker.pick(random, ["e0"])),
    ["e1", "e2", "e1"],
  );
});

const rebuilds = [
  { title: "nothing changed", ids: ["e0", "e1", "e2", "e3"], next: "e2" },
  { title: "an endpoint before it went", ids: ["e1", "e2", "e3"], next: "e2" },
  { title: "the next one went", ids: ["e0", "e1", "e3"], next: "e3" },
  { title: "all after it went", ids: ["e0", "e1"], next: "e0" },
  { title: "others came before it", ids: ["new", "e0", "e1", "e2", "e3"], next: "e2" },
  { title: "the order is another", ids: ["e3", "e2", "e1", "e0"], next: "e2" },
];

for (const { title, ids, next } of rebuilds) {
  test(`the rotation goes on where it stood when ${title}`, () => {
    const before = new RoundRobinPicker(endpointsOf(1, 1, 1, 1), fromStart, undefined);
    picks(2, () => before.pick(random));
    const after = new RoundRobinPicker(
      ids.map((id) => endpoint(id)),
      fromStart,
      before,
    );
    assert.equal(after.pick(random)!.endpoint.id, next);
  });
}

test("where nobody stayed the rotation starts anywhere", () => {
  const before = new RoundRobinPicker(endpointsOf(1, 1), fromStart, undefined);
  const after = new RoundRobinPicker([endpoint("a"), endpoint("b")], () => 0.9, before);
  assert.equal(after.pick(random)!.endpoint.id, "b");
});

test("a rebuild before every pick does not favour anybody", () => {
  const endpoints = endpointsOf(1, 1, 1);
  let picker = new RoundRobinPicker(endpoints, fromStart, undefined);
  const order = picks(6, () => {
    picker = new RoundRobinPicker([...endpoints], random, picker);
    return picker.pick(random);
  });
  assert.deepEqual(order, ["e0", "e1", "e2", "e0", "e1", "e2"]);
});
