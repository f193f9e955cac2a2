import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fate } from "./fate.ts";
import { movesBetween } from "./moves.ts";

type Shares = Readonly<Record<string, number>>;

/** `v1 late` is at the place of `v1`. */
function fates(shares: Shares): Fate[] {
  return Object.entries(shares).map(([key, percent]) => {
    return { key, place: key.split(" ")[0]!, goes: key, name: key, kind: "served", percent };
  });
}

function moved(before: Shares, after: Shares): Shares {
  const moves = movesBetween(fates(before), fates(after));
  return Object.fromEntries(moves.map(({ from, to, percent }) => [`${from.key} → ${to.key}`, percent]));
}

const cases: readonly (readonly [title: string, before: Shares, after: Shares, moves: Shares])[] = [
  ["what stays does not move", { v1: 100 }, { v1: 100 }, {}],
  ["a whole share moves", { v1: 100 }, { v3: 100 }, { "v1 → v3": 100 }],
  ["what a fate keeps does not move", { v1: 100 }, { v1: 97, v3: 3 }, { "v1 → v3": 3 }],
  ["one loss spreads over its gains", { v1: 100 }, { v1: 50, v2: 20, v3: 30 }, { "v1 → v2": 20, "v1 → v3": 30 }],
  ["several losses join in one gain", { v1: 60, v2: 40 }, { v3: 100 }, { "v1 → v3": 60, "v2 → v3": 40 }],
  [
    "losses and gains meet in proportion",
    { v1: 60, v2: 40 },
    { v3: 50, v4: 50 },
    { "v1 → v3": 30, "v1 → v4": 30, "v2 → v3": 20, "v2 → v4": 20 },
  ],
  [
    "what stays at its place is paired there first",
    { v1: 50, v2: 50 },
    { "v1 late": 50, "v2 late": 50 },
    { "v1 → v1 late": 50, "v2 → v2 late": 50 },
  ],
];

for (const [title, before, after, moves] of cases) test(title, () => assert.deepEqual(moved(before, after), moves));

test("what moves is half of what differs, whatever the shares", () => {
  for (let at = 0; at <= 100; at += 7) {
    const [before, after] = [
      { v1: at, v2: 100 - at },
      { v1: (100 - at) / 2, v2: at / 2, v3: 50 },
    ];
    const differing = ["v1", "v2", "v3"].map((key) =>
      Math.abs(((before as Shares)[key] ?? 0) - ((after as Shares)[key] ?? 0)),
    );
    const total = Object.values(moved(before, after)).reduce((sum, percent) => sum + percent, 0);
    assert.ok(Math.abs(total - differing.reduce((sum, part) => sum + part, 0) / 2) < 1e-6, `at ${at}`);
  }
});
