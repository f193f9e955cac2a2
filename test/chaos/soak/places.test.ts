import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { seededRandom } from "@intramesh/core";
import { FakeClock } from "@intramesh/testing";
import type { Mesh } from "intramesh";
import { createMeshStage, type Place, service, stateSource, type Upstream } from "../matrix/mesh-stage.ts";

const seed = 7;

describe("where calls go", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  async function named(name: string): Promise<Upstream> {
    return stage.server((_request, response) => void response.setHeader("x-name", name).end());
  }

  /** Who answered how many of `count` calls; calls without a 200 under their status. */
  async function shares(mesh: Mesh, count: number): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (let turn = 0; turn < count; turn += 1) {
      const response = await mesh.fetch("http://upstream/");
      await response.arrayBuffer();
      const name = response.headers.get("x-name") ?? String(response.status);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  it("row 53: the share of a cold replica grows evenly from a tenth of its part to all of it", async () => {
    const clock = new FakeClock();
    const policy = "{ loadBalancer: { simple: ROUND_ROBIN, warmup: { duration: 10s, minimumPercent: 10 } } }";
    const warm = [await named("warm"), await named("warm"), await named("warm")];
    const source = stateSource(service("upstream", warm, policy));
    const mesh = await stage.mesh(source, { system: { clock, scheduler: clock, random: seededRandom(seed) } });
    await shares(mesh, 10);
    clock.advance(60_000);
    source.push(service("upstream", [...warm, await named("cold")], policy));
    const count = 1_000;
    const cold = async (): Promise<number> => ((await shares(mesh, count)).get("cold") ?? 0) / count;
    const measured: number[] = [];
    for (let seconds = 0; seconds <= 10; seconds += 5) {
      measured.push(await cold());
      clock.advance(5_000);
    }
    // Of four: a weight w against three of 1 is w / (3 + w).
    const expected = [0.1, 0.5, 1].map((weight) => weight / (3 + weight));
    measured.forEach((share, at) => {
      const aim = expected[at]!;
      assert.ok(Math.abs(share - aim) <= 0.2 * aim + 0.01, `seed ${seed}: ${measured} instead of ${expected}`);
    });
  });

  it("row 54: calls leave a dead zone within 1 s, and come back when it is healthy again", async () => {
    const near = [await named("near"), await named("near")];
    const far = [await named("far"), await named("far")];
    const at = (upstreams: readonly Upstream[], locality: string): Place[] =>
      upstreams.map(({ port }) => ({ port, locality }));
    const policy =
      "{ outlierDetection: { consecutive5xxErrors: 2, interval: 200ms, baseEjectionTime: 200ms, maxEjectionPercent: 100 } }";
    const mesh = await stage.mesh(service("upstream", [...at(near, "r/a"), ...at(far, "r/b")], policy), {
      service: { name: "caller", locality: "r/a" },
    });
    assert.deepEqual([...(await shares(mesh, 50))], [["near", 50]]);

    for (const upstream of near) upstream.kill();
    const deadAt = performance.now();
    while (performance.now() - deadAt < 1_000) await shares(mesh, 1);
    const afterwards = await shares(mesh, 50);
    // An ejection of 200 ms ends again and again while the zone is dead; retries find the other zone.
    assert.ok((afterwards.get("far") ?? 0) >= 45, JSON.stringify([...afterwards]));

    for (const { port } of near)
      await stage.server((_request, response) => void response.setHeader("x-name", "near").end(), port);
    const backFrom = performance.now();
    let back = await shares(mesh, 20);
    while ((back.get("near") ?? 0) < 20 && performance.now() - backFrom < 3_000) back = await shares(mesh, 20);
    assert.deepEqual([...back], [["near", 20]]);
  });
});
