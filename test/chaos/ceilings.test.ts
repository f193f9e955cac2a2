import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { settled } from "./testbed/eventually.ts";
import { failuresOf, percentileMs, timedCall } from "./testbed/load.ts";
import { destinationRule } from "./testbed/resources.ts";
import { createTestbed } from "./testbed/testbed.ts";

describe("ceilings before a slow upstream", () => {
  const bed = createTestbed();
  after(() => bed.end());

  it("row 45: what is over the ceiling fails in less than 5 ms with UO, exactly, and all places come back", async (t) => {
    const replica = await bed.replica("v1");
    await replica.behave({ kind: "answer", delayMs: 300 });
    const mesh = await bed.mesh(
      [replica.port],
      destinationRule("connectionPool: { tcp: { maxConnections: 5 }, http: { http1MaxPendingRequests: 3 } }"),
    );
    // Code and connections are warm when it counts.
    await timedCall(mesh.fetch, "http://reviews/");
    for (const round of [1, 2, 3]) {
      const calls = await Promise.all(Array.from({ length: 40 }, () => timedCall(mesh.fetch, "http://reviews/")));
      const refused = failuresOf(calls);
      assert.equal(calls.length - refused.length, 8, `round ${round}: 5 at once and 3 that wait`);
      assert.ok(refused.every(({ status, flags }) => status === 503 && flags === "UO"));
      // They all start in one turn of the event loop; the median tells what one refusal takes.
      assert.ok(percentileMs(refused, 50) < 5, `half of the refusals took more than ${percentileMs(refused, 50)} ms`);
      await settled(mesh);
      t.diagnostic(`8 of 40 went through, 32 got 503 UO, median ${percentileMs(refused, 50).toFixed(1)} ms`);
    }
  });
});
