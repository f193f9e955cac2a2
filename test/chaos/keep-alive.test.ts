import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { setTimeout as delay } from "node:timers/promises";
import type { Mesh } from "intramesh";
import { type Call, failuresOf, timedCall } from "./testbed/load.ts";
import { virtualService } from "./testbed/resources.ts";
import { settled } from "./testbed/settled.ts";
import { createTestbed } from "./testbed/testbed.ts";

/** After so long a replica closes an idle connection. */
const idleMs = 100;

/** Clients who each call again just as their connection has been idle for that long, GET and POST in turn. */
async function callAtTheEdge(mesh: Mesh, clients: number, rounds: number): Promise<readonly Call[]> {
  const calls: Call[] = [];
  const client = async (number: number): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      const method = (number + round) % 2 === 0 ? "GET" : "POST";
      const headers = { "x-id": `${number}-${round}` };
      calls.push(await timedCall(mesh.fetch, "http://reviews/", { method, headers }));
      await delay(idleMs - 2 + (number % 5));
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, number) => client(number)));
  return calls;
}

describe("connections that the server closes when they are idle", () => {
  const bed = createTestbed();
  after(() => bed.end());

  it("row 44: announced by Keep-Alive: no GET and no POST fails", async (t) => {
    const replica = await bed.replica("v1", { closeIdleMs: idleMs });
    await replica.behave({ kind: "answer", headers: { connection: "keep-alive", "keep-alive": "timeout=1" } });
    const mesh = await bed.mesh([replica.port]);
    const calls = await callAtTheEdge(mesh, 20, 15);
    assert.deepEqual(failuresOf(calls), []);
    await settled(mesh);
    t.diagnostic(`${calls.length} requests, 0 failed`);
  });

  it("row 44: not announced: no GET fails, and a POST that crosses the close is answered 503 UC, never sent twice", async (t) => {
    const replica = await bed.replica("v1", { closeIdleMs: idleMs });
    const mesh = await bed.mesh(
      [replica.port],
      virtualService(
        "match: [{ method: { exact: GET } }], retries: { attempts: 2, retryOn: 'reset,connect-failure', backoff: 1ms }",
        "retries: { attempts: 2, retryOn: 'reset-before-request,connect-failure', backoff: 1ms }",
      ),
    );
    const calls = await callAtTheEdge(mesh, 20, 15);
    const failures = failuresOf(calls);
    assert.deepEqual(
      failures.filter(({ method }) => method === "GET"),
      [],
    );
    assert.ok(
      failures.every(({ flags }) => flags === "UC"),
      JSON.stringify(failures),
    );
    const posts = (await replica.seen()).requests.filter(({ method }) => method === "POST");
    assert.equal(new Set(posts.map(({ id }) => id)).size, posts.length, "a POST was sent twice");
    await settled(mesh);
    t.diagnostic(`${calls.length} requests, 0 GETs and ${failures.length} POSTs failed, none was sent twice`);
  });
});
