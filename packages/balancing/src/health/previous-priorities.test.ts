import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { spreadBeyond } from "./previous-priorities.ts";

interface Row {
  readonly title: string;
  /** Healthy endpoints of each priority in percent. */
  readonly health: readonly number[];
  readonly attempted: readonly (number | undefined)[];
  readonly loads: readonly number[] | undefined;
}

const rows: readonly Row[] = [
  { title: "nothing tried: as usual", health: [100, 100], attempted: [], loads: undefined },
  { title: "one attempt changes nothing", health: [100, 100], attempted: [0], loads: undefined },
  { title: "two attempts leave their priority out", health: [100, 100], attempted: [0, 0], loads: [0, 100] },
  { title: "two priorities at once", health: [50, 50, 100], attempted: [0, 1], loads: [0, 0, 100] },
  { title: "a third attempt keeps what two led to", health: [100, 100, 100], attempted: [0, 0, 1], loads: [0, 100, 0] },
  { title: "four leave out all they tried", health: [100, 100, 100], attempted: [0, 0, 1, 1], loads: [0, 0, 100] },
  {
    title: "what is left shares by health",
    health: [100, 50, 50],
    attempted: [0, 0],
    loads: [0, 70, 30],
  },
  { title: "priorities without health get nothing", health: [100, 0, 100], attempted: [0, 0], loads: [0, 0, 100] },
  { title: "with none left it begins anew", health: [100, 100], attempted: [0, 0, 1, 1], loads: [100, 0] },
  { title: "having begun anew it counts anew", health: [100, 100], attempted: [0, 0, 1, 1, 0], loads: undefined },
  { title: "and leaves out again", health: [100, 100], attempted: [0, 0, 1, 1, 0, 0], loads: [0, 100] },
  { title: "nobody healthy: as usual", health: [0, 0], attempted: [0, 0], loads: undefined },
  { title: "an endpoint that has gone excludes nothing", health: [50, 50], attempted: [undefined, 0], loads: [0, 100] },
];

describe("the load after attempts", () => {
  for (const { title, health, attempted, loads } of rows) {
    test(title, () => {
      const priorities = health.map((healthy) => ({ total: 100, healthy }));
      assert.deepEqual(spreadBeyond(priorities, attempted), loads);
    });
  }
});
