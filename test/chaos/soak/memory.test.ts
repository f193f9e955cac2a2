import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createMeshStage, route, service, stateSource } from "../matrix/mesh-stage.ts";
import { census } from "./census.ts";

/** How long the soak lasts after it has warmed up, in ms; longer by hand. */
const soakMs = Number(process.env["INTRAMESH_SOAK_MS"] ?? 18_000);
/** How long it warms up, in ms. */
const warmMs = 3_000;

describe("a soak", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  it("row 60: under load, endpoint churn and changes of configuration the heap stands still, and so do sockets, timers, pools and listeners", async () => {
    const servers = await Promise.all(
      Array.from({ length: 6 }, () => stage.server((_request, response) => void response.end("well"))),
    );
    const listeners = (): number =>
      process.eventNames().reduce((sum, name) => sum + process.listenerCount(name as string), 0);
    const source = stateSource(service("upstream", servers));
    const mesh = await stage.mesh(source);
    let running = true;
    let calls = 0;
    let pushes = 0;

    const caller = async (): Promise<void> => {
      while (running) {
        const response = await mesh.fetch(`http://upstream/${calls}`, { headers: { "x-id": String(calls) } });
        assert.equal(response.status, 200);
        await response.arrayBuffer();
        calls += 1;
      }
    };
    /** Three of the six, others each time; a route whose timeout changes; outlier detection that comes and goes. */
    const push = (): void => {
      pushes += 1;
      const places = [0, 1, 2].map((at) => servers[(pushes + at) % servers.length]!);
      const policy = pushes % 2 === 0 ? undefined : "{ outlierDetection: { consecutive5xxErrors: 5, interval: 1s } }";
      source.push([
        ...service("upstream", places, policy),
        ...route("upstream", `timeout: ${10 + (pushes % 5)}s, retries: { attempts: 2, perTryTimeout: 5s }`),
      ]);
    };

    /** Loads for a time, then looks at what is there with nothing running. */
    async function phase(forMs: number): Promise<Awaited<ReturnType<typeof census>> & { readonly listeners: number }> {
      running = true;
      const churn = setInterval(push, 100);
      const load = Promise.all(Array.from({ length: 20 }, caller));
      try {
        await Promise.race([load, new Promise((resolve) => setTimeout(resolve, forMs))]);
      } finally {
        // A call that failed must not keep the process.
        clearInterval(churn);
        running = false;
      }
      await load;
      source.push(service("upstream", servers.slice(0, 3)));
      return { ...(await census()), listeners: listeners() };
    }

    const first = await phase(warmMs);
    const middle = await phase(soakMs / 2);
    const last = await phase(soakMs / 2);
    assert.ok(calls > 5_000 && pushes > 100, `${calls} calls, ${pushes} pushes`);
    // What optimised code and inline caches add fades; a leak of 100 bytes a call would be more than ten times this.
    const limitBytes = 1_500_000;
    const grown = [middle.heapBytes - first.heapBytes, last.heapBytes - middle.heapBytes];
    assert.ok(grown[1]! < limitBytes, `heap grew by ${grown.join(", then ")} bytes in ${calls} calls`);
    assert.ok(last.pools <= first.pools + 6, `${last.pools} pools, ${first.pools} after warming up`);
    // Each of three endpoints keeps as many connections as there were callers at most.
    assert.ok(last.sockets <= first.sockets + 3 * 20, `${last.sockets} sockets, ${first.sockets} after warming up`);
    assert.ok(last.timers <= first.timers + 10, `${last.timers} timers, ${first.timers} after warming up`);
    assert.equal(last.listeners, first.listeners);
  });
});
