import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { zoneShares } from "./zone-shares.ts";

type Counts = Readonly<Record<string, number>>;

function shares(callers: Counts, endpoints: Counts, own: string = "a", minClusterSize: number = 6): unknown {
  const found = zoneShares({
    own,
    callers: new Map(Object.entries(callers)),
    endpoints: new Map(Object.entries(endpoints)),
    minClusterSize,
  });
  return found && Object.fromEntries(found);
}

describe("requests of a zone", () => {
  const rows: readonly (readonly [title: string, found: unknown, expected: unknown])[] = [
    // The figures in the comments of Envoy's load_balancer_impl.cc.
    [
      "stay for a half where it has 20 % of the callers and 10 % of the endpoints",
      shares({ a: 2, b: 8 }, { a: 1, b: 9 }),
      { a: 5_000, b: 5_000 },
    ],
    [
      "leave in proportion to what the other zones have to spare",
      shares({ a: 4, b: 4, c: 2 }, { a: 2, b: 4, c: 2 }),
      { a: 6_250, b: 2_500, c: 1_250 },
    ],
    [
      "all stay where it has as large a share of the endpoints as of the callers",
      shares({ a: 1, b: 1 }, { a: 3, b: 3 }),
      { a: 1 },
    ],
    ["all stay where it has more endpoints than callers", shares({ a: 1, b: 3 }, { a: 3, b: 3 }), { a: 1 }],
    ["all leave where it has no endpoint", shares({ a: 1, b: 1, c: 1 }, { b: 3, c: 3 }), { b: 5_000, c: 5_000 }],
    ["do not go to a zone that is full", shares({ a: 5, b: 4, c: 1 }, { a: 2, b: 4, c: 4 }), { a: 4_000, c: 6_000 }],
    ["follow no zones where there is one zone of endpoints", shares({ a: 1, b: 1 }, { a: 6 }), undefined],
    ["follow no zones where there is one zone of callers", shares({ a: 2 }, { a: 3, b: 3 }), undefined],
    ["follow no zones where no caller is known in the own one", shares({ b: 1, c: 1 }, { a: 3, b: 3 }), undefined],
    ["follow no zones below the least size", shares({ a: 1, b: 1 }, { a: 2, b: 3 }), undefined],
    ["follow zones where the least size is lower", shares({ a: 1, b: 1 }, { a: 1, b: 1 }, "a", 2), { a: 1 }],
  ];
  for (const [title, found, expected] of rows) test(title, () => assert.deepEqual(found, expected));
});
