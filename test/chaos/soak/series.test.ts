import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { createMeshStage, service } from "../matrix/mesh-stage.ts";

describe("metric series", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  it("row 61: stay bounded under made-up hosts, paths, headers and callers", async () => {
    const server = await stage.server((_request, response) => void response.end());
    const mesh = await stage.mesh(service("upstream", [server]), { outboundTrafficPolicy: "REGISTRY_ONLY" });
    const front = await stage.server(mesh.listener((_request, response) => void response.end()));

    /** Calls with names that never come twice. */
    async function round(from: number, to: number): Promise<number> {
      for (let at = from; at < to; at += 50) {
        await Promise.all(
          Array.from({ length: 50 }, async (_, offset) => {
            const id = at + offset;
            const headers = { "x-id": `${id}`, "user-agent": `agent ${id}` };
            const stranger = await mesh.fetch(`http://stranger-${id}.example/`, { headers });
            assert.equal(stranger.status, 502);
            const known = await mesh.fetch(`http://upstream/${id}?q=${id}`, { headers });
            await known.arrayBuffer();
            const peer = Buffer.from(JSON.stringify({ service: `made-up-${id}` })).toString("base64");
            const inbound = await fetch(`http://127.0.0.1:${front.port}/${id}`, {
              headers: { "x-intramesh-peer": peer, "x-envoy-peer-metadata": peer },
            });
            await inbound.arrayBuffer();
          }),
        );
      }
      return (await mesh.metrics()).split("\n").filter((line) => line.startsWith("istio_requests_total{")).length;
    }

    // A reporter has 1,000 series; what comes beyond is counted under `_other`.
    assert.ok((await round(0, 2_500)) <= 1_050);
    const full = await round(2_500, 2_600);
    assert.equal(await round(2_600, 3_000), full);
    const page = await mesh.metrics();
    const counted = page
      .split("\n")
      .filter((line) => line.startsWith("istio_requests_total{") && line.includes('reporter="source"'))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    assert.equal(counted, 6_000);
  });
});
