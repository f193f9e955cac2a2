import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { failuresOf, startLoad } from "./testbed/load.ts";
import { resiliencePolicy, virtualService } from "./testbed/resources.ts";
import { settled } from "./testbed/settled.ts";
import { createTestbed } from "./testbed/testbed.ts";

const threeRetries = virtualService("retries: { attempts: 3, retryOn: 5xx, backoff: 1ms }");

/** The percentage of Finagle and of the ResiliencePolicy's default; less is free than by default, so that it shows. */
const twentyPercent = resiliencePolicy("retryBudget: { percent: 20, minRetriesPerSecond: 1, ttl: 1s }");

describe("three tiers that retry, over a dead one", () => {
  const bed = createTestbed();
  after(() => bed.end());

  async function loadOnTheBottom(
    yaml: string,
  ): Promise<{ readonly calls: number; readonly attempts: number; readonly seconds: number }> {
    const bottom = await bed.replica("bottom");
    await bottom.behave({ kind: "answer", status: 503 });
    const inner = await bed.tier("inner", bottom.port, yaml);
    const outer = await bed.tier("outer", inner.port, yaml);
    const mesh = await bed.mesh([outer.port], yaml);
    const startedAt = performance.now();
    const load = startLoad(mesh.fetch, "http://reviews/", { perSecond: 100 });
    await load.more(200);
    const calls = await load.stop();
    const seconds = (performance.now() - startedAt) / 1_000;
    assert.equal(failuresOf(calls).length, calls.length);
    await settled(mesh);
    const { requests } = await bottom.seen();
    return { calls: calls.length, attempts: requests.length, seconds };
  }

  it("row 39: retries of 3, 3 and 3 under budgets of 20 %: at most 1.3 times the load at the bottom", async (t) => {
    const { calls, attempts, seconds } = await loadOnTheBottom(threeRetries + twentyPercent);
    // The free retries of each tier: one a second, and one at hand when the load begins.
    const free = 3 * (seconds + 1);
    assert.ok(attempts <= calls * 1.3 + free, `${attempts} attempts for ${calls} requests`);
    assert.ok(attempts > calls, "nothing was retried");
    t.diagnostic(`${(attempts / calls).toFixed(2)} times the load: ${attempts} attempts for ${calls} requests`);
  });

  it("row 39: without any budget the marks of a retry and of its answer hold 64 attempts down to 5", async (t) => {
    const { calls, attempts } = await loadOnTheBottom(threeRetries);
    // Four of the tier above the bottom, and one more on behalf of the retry above that: its answer ends them all.
    assert.equal(attempts, calls * 5);
    t.diagnostic(`${attempts} attempts for ${calls} requests`);
  });
});
