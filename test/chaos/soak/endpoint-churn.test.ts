import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createMeshStage, type Place, service, stateSource } from "../matrix/mesh-stage.ts";
import { census } from "./census.ts";

/** Endpoints that come and go, in rounds. */
const rounds = 100;
const endpointsOfRound = 100;

describe("endpoints that come and go", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  it("10,000 of them leave no socket, timer, pool or heap behind", async () => {
    const server = await stage.server((_request, response) => void response.end("well"));
    // All of 127.0.0.0/8 is loopback: as many endpoints as there are addresses, and one server.
    const everywhere = await stage.server((_request, response) => void response.end("well"), 0, "0.0.0.0");
    const source = stateSource(service("upstream", [server]));
    const mesh = await stage.mesh(source);

    let number = 0;
    async function round(): Promise<void> {
      const places: Place[] = Array.from({ length: endpointsOfRound }, () => {
        number += 1;
        return { port: everywhere.port, address: `127.1.${number >> 8}.${number & 255}` };
      });
      source.push(service("upstream", places, "{ loadBalancer: { simple: ROUND_ROBIN } }"));
      const statuses = await Promise.all(
        places.map(async () => {
          const response = await mesh.fetch("http://upstream/");
          await response.arrayBuffer();
          return response.status;
        }),
      );
      assert.deepEqual(new Set(statuses), new Set([200]));
    }

    async function quiet(): Promise<void> {
      source.push(service("upstream", [server]));
      await (await mesh.fetch("http://upstream/")).arrayBuffer();
    }

    for (let turn = 0; turn < 5; turn += 1) await round();
    await quiet();
    const before = await census();
    for (let turn = 5; turn < rounds; turn += 1) await round();
    assert.equal(number, rounds * endpointsOfRound);
    await quiet();
    const left = await census({ sockets: before.sockets, timers: before.timers });
    assert.deepEqual([left.sockets, left.timers], [before.sockets, before.timers]);
    assert.ok(left.pools <= before.pools + 1, `${left.pools} pools, ${before.pools} before`);
    const grownBytes = left.heapBytes - before.heapBytes;
    // Less than 200 bytes for each endpoint that has gone.
    assert.ok(grownBytes < 200 * number, `${grownBytes} bytes more`);
  });
});
