import assert from "node:assert/strict";
import { it } from "node:test";
import { seededRandom } from "@intramesh/core";
import { chooseDestination } from "./choose-destination.ts";
import { compileRoutes } from "./compile-route.ts";
import type { CompiledRoute } from "./compiled-route.ts";
import { destinationOf, forwardTo, routeOf } from "./testing/policies.ts";

function weighted(...weights: readonly number[]): CompiledRoute {
  const destinations = weights.map((weight, at) => destinationOf(`d${at}`, { weight }));
  return compileRoutes([routeOf({ action: forwardTo(...destinations) })])[0]!;
}

/** How many of `steps` evenly spread rolls fall on each destination. */
function sharesOf(route: CompiledRoute, steps: number): readonly number[] {
  const counts = route.destinations.map(() => 0);
  for (let step = 0; step < steps; step += 1) {
    const chosen = chooseDestination(route, step / steps);
    counts[route.destinations.indexOf(chosen)]! += 1;
  }
  return counts;
}

const cases: readonly (readonly [weights: readonly number[], steps: number, shares: readonly number[]])[] = [
  [[80, 20], 100, [80, 20]],
  [[1, 1, 1], 300, [100, 100, 100]],
  [[1, 2, 4], 700, [100, 200, 400]],
  [[30, 10], 40, [30, 10]],
];

for (const [weights, steps, shares] of cases) {
  it(`weights ${weights.join(":")} share ${steps} rolls as ${shares.join(":")}, exactly`, () => {
    assert.deepEqual(sharesOf(weighted(...weights), steps), shares);
  });
}

it("a single destination takes everything, whatever its weight", () => {
  for (const weight of [0, 5]) {
    const route = weighted(weight);
    for (const roll of [0, 0.5, 0.999_999]) assert.equal(chooseDestination(route, roll), route.destinations[0]);
  }
});

it("destinations stand in the order written: low rolls fall on the first", () => {
  const route = weighted(80, 20);
  assert.equal(chooseDestination(route, 0.799_999).policy.host, "d0");
  assert.equal(chooseDestination(route, 0.8).policy.host, "d1");
});

it("whatever the weights, every roll falls on one of them and the greatest on the last", () => {
  const seed = 42;
  const random = seededRandom(seed);
  for (let round = 0; round < 200; round += 1) {
    const weights = Array.from({ length: 2 + Math.floor(random() * 6) }, () => 1 + Math.floor(random() * 1_000));
    const route = weighted(...weights);
    assert.ok(chooseDestination(route, random()), `seed ${seed}, weights ${weights}`);
    assert.equal(
      chooseDestination(route, 1 - Number.EPSILON),
      route.destinations.at(-1),
      `seed ${seed}, weights ${weights}`,
    );
  }
});
