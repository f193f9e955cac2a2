import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { spreadLoad } from "./priority-load.ts";

/** Health of each priority in percent, and what Envoy's documentation and code make of it. */
const table = [
  { health: [100, 100], loads: [100, 0] },
  { health: [72, 72], loads: [100, 0] },
  { health: [71, 71], loads: [99, 1] },
  { health: [50, 50], loads: [70, 30] },
  { health: [25, 100], loads: [35, 65] },
  { health: [25, 25], loads: [50, 50] },
  { health: [0, 100], loads: [0, 100] },
  { health: [25, 25, 20], loads: [37, 35, 28] },
  { health: [0, 0], loads: [0, 0] },
];

for (const { health, loads } of table) {
  test(`healthy ${health.join("/")} gives loads ${loads.join("/")}`, () => {
    const spread = spreadLoad(
      health.map((healthy) => ({ total: 100, healthy })),
      0,
    );
    assert.deepEqual(
      spread.map(({ percent }) => percent),
      loads,
    );
    assert.ok(spread.every(({ panic }) => !panic));
  });
}

describe("panic", () => {
  const rows = [
    {
      title: "stays away while the total is enough",
      health: [20, 100],
      threshold: 50,
      panics: [false, false],
      loads: [28, 72],
    },
    { title: "comes below the threshold", health: [40, 30], threshold: 50, panics: [true, true], loads: [50, 50] },
    { title: "is a priority's own", health: [55, 10], threshold: 50, panics: [false, true], loads: [85, 15] },
    {
      title: "shares by size where nobody is healthy",
      health: [0, 0],
      threshold: 1,
      panics: [true, true],
      loads: [50, 50],
    },
    { title: "is off at 0", health: [0], threshold: 0, panics: [false], loads: [0] },
  ];
  for (const { title, health, threshold, panics, loads } of rows) {
    test(title, () => {
      const spread = spreadLoad(
        health.map((healthy) => ({ total: 100, healthy })),
        threshold,
      );
      assert.deepEqual(
        spread.map(({ panic }) => panic),
        panics,
      );
      assert.deepEqual(
        spread.map(({ percent }) => percent),
        loads,
      );
    });
  }
});

test("loads sum up to 100 as soon as one endpoint may be picked", () => {
  const priority = fc
    .tuple(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 500 }))
    .map(([total, healthy]) => ({ total, healthy: Math.min(total, healthy) }));
  fc.assert(
    fc.property(
      fc.array(priority, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 0, max: 100 }),
      (levels, threshold) => {
        const spread = spreadLoad(levels, threshold);
        const sum = spread.reduce((total, { percent }) => total + percent, 0);
        // Below one percent of health Envoy sees none.
        const pickable = levels.some(({ total, healthy }) => Math.floor((140 * healthy) / total) > 0);
        if (pickable || spread.every(({ panic }) => panic)) assert.equal(sum, 100);
        assert.ok(spread.every(({ percent }) => percent >= 0 && percent <= 100));
      },
    ),
  );
});
