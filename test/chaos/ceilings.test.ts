import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { type Call, failuresOf, percentileMs, timedCall } from "./testbed/load.ts";
import { destinationRule } from "./testbed/resources.ts";
import { settled } from "./testbed/settled.ts";
import { createTestbed } from "./testbed/testbed.ts";

describe("ceilings before a slow upstream", () => {
  const bed = createTestbed();
  after(() => bed.end());

  it("row 45: what is over the ceiling fails in less than 5 ms with UO, exactly, and all places come back", async (t) => {
    const replica = await bed.replica("v1");
    await replica.behave({ kind: "answer", delayMs: 400 });
    const mesh = await bed.mesh(
      [replica.port],
      destinationRule("connectionPool: { tcp: { maxConnections: 5 }, http: { http1MaxPendingRequests: 3 } }"),
    );
    // Code and connections are warm when it counts.
    await timedCall(mesh.fetch, "http://reviews/");
    for (const round of [1, 2, 3]) {
      const held = Array.from({ length: 8 }, () => timedCall(mesh.fetch, "http://reviews/"));
      const refused: Call[] = [];
      // One after another, so that each is timed by itself.
      while (refused.length < 30) refused.push(await timedCall(mesh.fetch, "http://reviews/"));
      assert.ok(refused.every(({ status, flags }) => status === 503 && flags === "UO"));
      assert.ok(percentileMs(refused, 50) < 5, `half of the refusals took more than ${percentileMs(refused, 50)} ms`);
      assert.deepEqual(failuresOf(await Promise.all(held)), [], `round ${round}: 5 at once and 3 that wait`);
      await settled(mesh);
      t.diagnostic(`8 went through, 30 got 503 UO, median ${percentileMs(refused, 50).toFixed(1)} ms`);
    }
  });
});
