import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { after, describe, it } from "node:test";
import { seededRandom } from "@intramesh/core";
import type { Mesh } from "intramesh";
import { createMeshStage, route, service } from "../matrix/mesh-stage.ts";
import { census } from "./census.ts";

const seed = 71;
/** Ceiling of requests at once. */
const maxRequests = 20;

describe("what calls hold while they run", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  async function active(mesh: Mesh): Promise<number> {
    const page = await mesh.metrics();
    const lines = page.split("\n").filter((line) => line.startsWith("envoy_cluster_upstream_rq_active{"));
    return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
  }

  /** Calls until so many answer at once, which is as many as the ceiling lets through. */
  async function assertFullCeiling(mesh: Mesh): Promise<void> {
    const statuses = await Promise.all(
      Array.from({ length: maxRequests }, async () => {
        const response = await mesh.fetch("http://upstream/well");
        await response.arrayBuffer();
        return response.status;
      }),
    );
    assert.deepEqual(new Set(statuses), new Set([200]));
  }

  const ceiling = `{ connectionPool: { http: { http2MaxRequests: ${maxRequests} } } }`;

  it("row 70: handlers that never end or hang up give every place back, 10,000 times", async () => {
    const fates: Readonly<Record<string, (response: ServerResponse) => void>> = {
      "/well": (response) => response.end("well"),
      "/never": () => undefined,
      "/throws": (response) => response.destroy(),
      "/half": (response) => {
        response.write("half");
        response.destroy();
      },
    };
    const server = await stage.server((request, response) => fates[request.url!]!(response));
    const mesh = await stage.mesh([
      ...service("upstream", [server], ceiling),
      ...route("upstream", "timeout: 50ms, retries: { attempts: 0 }"),
    ]);
    // One in a hundred waits for its timeout; the others end at once.
    const paths = ["/throws", "/half", "/well"];
    const statuses = new Set<number>();
    let left = 10_000;
    const caller = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const path = left % 100 === 0 ? "/never" : paths[left % paths.length]!;
        const response = await mesh.fetch(`http://upstream${path}`);
        statuses.add(response.status);
        await response.arrayBuffer().catch(() => undefined);
      }
    };
    await Promise.all(Array.from({ length: maxRequests }, caller));
    assert.deepEqual([...statuses].sort(), [200, 503, 504]);
    assert.equal(await active(mesh), 0);
    await assertFullCeiling(mesh);
  });

  it("row 70: an inbound handler that throws later than at once leaves no call behind it", async () => {
    const server = await stage.server((_request, response) => void response.write("never ends"));
    const mesh = await stage.mesh(service("upstream", [server]));
    const front = await stage.server(
      mesh.listener(async (_request, response) => {
        await mesh.fetch("http://upstream/");
        response.destroy(new Error("the handler failed"));
      }),
    );
    for (let turn = 0; turn < 100; turn += 1) await assert.rejects(fetch(`http://127.0.0.1:${front.port}/`));
    for (let turns = 0; turns < 1_000 && (await active(mesh)) > 0; turns += 1)
      await new Promise((resolve) => setImmediate(resolve));
    assert.equal(await active(mesh), 0);
  });

  it("row 71: callers that give up at any moment leave no place, socket or timer behind", async () => {
    const random = seededRandom(seed);
    const server = await stage.server((request, response) => {
      request.resume();
      if (request.url === "/well") {
        response.end("well");
        return;
      }
      // Head and body come in steps, so that aborts meet each of them.
      setTimeout(() => {
        response.write("a");
        setTimeout(() => {
          response.write("b");
          setTimeout(() => response.end("c"), 2);
        }, 2);
      }, 2);
    });
    const mesh = await stage.mesh([
      ...service("upstream", [server], ceiling),
      ...route("upstream", "timeout: 30s, retries: { attempts: 2, retryOn: '5xx', perTryTimeout: 10s }"),
    ]);
    await assertFullCeiling(mesh);
    const before = await census();
    let [ended, aborted] = [0, 0];
    const caller = async (): Promise<void> => {
      for (let turn = 0; turn < 80; turn += 1) {
        const controller = new AbortController();
        const giveUp = setTimeout(() => controller.abort(), random() * 40);
        try {
          const init = { method: "POST", body: "x".repeat(1_000), signal: controller.signal };
          const response = await mesh.fetch("http://upstream/slow", init);
          await response.text();
          ended += 1;
        } catch (error) {
          assert.equal((error as Error).name, "AbortError", `seed ${seed}: ${(error as Error).stack}`);
          aborted += 1;
        }
        clearTimeout(giveUp);
      }
    };
    await Promise.all(Array.from({ length: maxRequests }, caller));
    assert.ok(ended > 100 && aborted > 100, `seed ${seed}: ${ended} ended, ${aborted} aborted`);
    assert.equal(await active(mesh), 0);
    await assertFullCeiling(mesh);
    const left = await census(before);
    assert.ok(left.sockets <= before.sockets, `${left.sockets} sockets, ${before.sockets} before`);
    assert.ok(left.timers <= before.timers + 1, `${left.timers} timers, ${before.timers} before`);
  });
});
