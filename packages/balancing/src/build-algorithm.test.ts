import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { seededRandom } from "@intramesh/core";
import { expectDistribution } from "@intramesh/testing";
import { buildPicker } from "./testing/build-picker.ts";
import { endpointsOf, picks } from "./testing/endpoints.ts";

/** What every policy keeps to, with equal weights and with others. */
const policies = ["LEAST_REQUEST", "ROUND_ROBIN", "RANDOM"] as const;
const weightings = { "equal weights": [1, 1, 1, 1], "unequal weights": [1, 2, 3, 4] };

for (const policy of policies) {
  for (const [title, weights] of Object.entries(weightings)) {
    describe(`${policy} with ${title}`, () => {
      test("picks nobody among nobody", () => {
        const random = seededRandom(1);
        const picker = buildPicker(policy, [], random);
        assert.equal(picker.pick(random), undefined);
        assert.equal(picker.pick(random, ["e0"]), undefined);
      });

      test("picks the only one, also where it is to be avoided", () => {
        const random = seededRandom(1);
        const [only] = endpointsOf(weights[0]!);
        const picker = buildPicker(policy, [only!], random);
        assert.equal(picker.pick(random), only);
        assert.equal(picker.pick(random, ["e0"]), only);
      });

      test("returns the object that it was given", () => {
        const random = seededRandom(1);
        const endpoints = endpointsOf(...weights);
        assert.ok(endpoints.includes(buildPicker(policy, endpoints, random).pick(random)!));
      });

      test("gives the same picks for the same random numbers", () => {
        const run = (): readonly string[] => {
          const random = seededRandom(7);
          const picker = buildPicker(policy, endpointsOf(...weights), random);
          return picks(50, () => picker.pick(random));
        };
        assert.deepEqual(run(), run());
      });

      test("gives equally loaded endpoints their shares", () => {
        const random = seededRandom(2);
        const picker = buildPicker(policy, endpointsOf(...weights), random);
        const [e0, e1, e2, e3] = policy === "RANDOM" ? [1, 1, 1, 1] : weights;
        const shares = { e0: e0!, e1: e1!, e2: e2!, e3: e3! };
        expectDistribution(10_000, () => picker.pick(random)!.endpoint.id, shares);
      });

      test("redraws up to five times to avoid an endpoint", () => {
        const random = seededRandom(3);
        const picker = buildPicker(policy, endpointsOf(...weights), random);
        const avoided = picks(10_000, () => picker.pick(random, ["e1"])).filter((id) => id === "e1").length;
        // Six draws that all bring it; a rotation never repeats itself that often.
        assert.ok(avoided / 10_000 < 0.001, `${avoided}`);
      });

      test("picks somebody where everybody is to be avoided", () => {
        const random = seededRandom(4);
        const picker = buildPicker(policy, endpointsOf(...weights), random);
        assert.ok(picker.pick(random, ["e0", "e1", "e2", "e3"]) !== undefined);
      });

      test("leaves out whoever is gone after a rebuild", () => {
        const random = seededRandom(5);
        const endpoints = endpointsOf(...weights);
        const before = buildPicker(policy, endpoints, random);
        before.pick(random);
        const after = buildPicker(policy, endpoints.slice(1), random, before);
        assert.ok(!picks(1_000, () => after.pick(random)).includes("e0"));
      });
    });
  }
}

test("a weight of zero is an ordinary weight: nobody said anything", () => {
  const random = seededRandom(1);
  const picker = buildPicker("ROUND_ROBIN", endpointsOf(0, 1, 2), random);
  expectDistribution(4_000, () => picker.pick(random)!.endpoint.id, { e0: 1, e1: 1, e2: 2 });
});

test("another policy takes over without a predecessor of its kind", () => {
  const random = seededRandom(1);
  const endpoints = endpointsOf(1, 1);
  let picker = buildPicker("RANDOM", endpoints, random);
  for (const policy of ["ROUND_ROBIN", "LEAST_REQUEST", "ROUND_ROBIN", "RANDOM"] as const) {
    picker = buildPicker(policy, endpoints, random, picker);
    assert.ok(picker.pick(random) !== undefined);
  }
});
