import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { expectDistribution } from "@intramesh/testing";
import { endpoint, endpointsOf } from "../testing/endpoints.ts";
import { LeastRequestPicker } from "./least-request.ts";

/** Random numbers that are given. */
function scripted(...rolls: number[]): () => number {
  return () => rolls.shift()!;
}

const table = [
  { title: "the first where it has less", rolls: [0, 0.9], active: [1, 2], picked: "a" },
  { title: "the second where it has less", rolls: [0, 0.9], active: [2, 1], picked: "b" },
  { title: "the first where both have as much", rolls: [0, 0.9], active: [1, 1], picked: "a" },
  { title: "the fuller one where it is drawn twice", rolls: [0, 0], active: [9, 0], picked: "a" },
];

for (const { title, rolls, active, picked } of table) {
  test(`of two draws it picks ${title}`, () => {
    const picker = new LeastRequestPicker([endpoint("a", 1, active[0]), endpoint("b", 1, active[1])]);
    assert.equal(picker.pick(scripted(...rolls))!.endpoint.id, picked);
  });
}

test("a busy endpoint is picked only where both draws bring it", () => {
  const random = seededRandom(1);
  const picker = new LeastRequestPicker([endpoint("busy", 1, 10), endpoint("idle")]);
  expectDistribution(10_000, () => picker.pick(random)!.endpoint.id, { busy: 1, idle: 3 });
});

test("an endpoint that is ten times slower holds a fair number of requests, not a fair share of them", () => {
  const random = seededRandom(2);
  const endpoints = endpointsOf(1, 1, 1, 1, 1);
  const picker = new LeastRequestPicker(endpoints);
  const durations = new Map([["e0", 10]]);
  const ends: { readonly at: number; readonly end: () => void }[] = [];
  let slow = 0;
  const arrivals = 20_000;
  // One request every 0.2, which four endpoints with a duration of 1 hold at one or two each.
  for (let arrival = 0; arrival < arrivals; arrival++) {
    const now = arrival * 0.2;
    for (let at = ends.length - 1; at >= 0; at--) if (ends[at]!.at <= now) ends.splice(at, 1)[0]!.end();
    const { endpoint, state } = picker.pick(random)!;
    state.active += 1;
    if (endpoint.id === "e0") slow += 1;
    ends.push({
      at: now + (durations.get(endpoint.id) ?? 1),
      end: () => {
        state.active -= 1;
      },
    });
  }
  assert.ok(slow / arrivals < 0.1, `${slow / arrivals} of the requests, 0.2 would be a fair share`);
});
