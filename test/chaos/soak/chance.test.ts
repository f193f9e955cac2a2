import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { seededRandom } from "@intramesh/core";
import type { Mesh, MeshOptions } from "intramesh";
import { createMeshStage, route, service } from "../matrix/mesh-stage.ts";
import { resources } from "../testbed/resources.ts";

/** Of all tests here. */
const seed = 20_240_611;

describe("what is left to chance", () => {
  const stage = createMeshStage();
  after(() => stage.end());

  /** The same dice for each test, thrown from the start. */
  const seeded = (): MeshOptions => ({ system: { random: seededRandom(seed) } });

  /** Makes `count` calls, so many at once, and counts what `read` says of the responses. */
  async function tally(
    mesh: Mesh,
    url: string,
    count: number,
    read: (response: Response) => string | Promise<string>,
  ): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    let left = count;
    const caller = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        const response = await mesh.fetch(url);
        const said = await read(response);
        await response.arrayBuffer();
        counts.set(said, (counts.get(said) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 20 }, caller));
    return counts;
  }

  /** An upstream that only answers. */
  function plain(): ReturnType<typeof stage.server> {
    return stage.server((_request, response) => void response.end());
  }

  it("row 62: aborts 10 % ± 1 % of 20,000 calls, and none of another route's", async () => {
    const mesh = await stage.mesh(
      [
        ...service("upstream", [await plain()]),
        ...resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: upstream }
spec:
  hosts: [upstream]
  http:
    - match: [{ uri: { prefix: /spared } }]
      route: [{ destination: { host: upstream } }]
    - fault: { abort: { percentage: { value: 10 }, httpStatus: 418 } }
      route: [{ destination: { host: upstream } }]
`),
      ],
      seeded(),
    );
    const status = (response: Response): string => String(response.status);
    const counts = await tally(mesh, "http://upstream/", 20_000, status);
    const share = (counts.get("418") ?? 0) / 20_000;
    assert.ok(Math.abs(share - 0.1) < 0.01, `seed ${seed}: ${share}`);
    assert.deepEqual([...(await tally(mesh, "http://upstream/spared", 2_000, status))], [["200", 2_000]]);
  });

  it("row 62: delays 20 % of the calls, none by less than it says", async () => {
    const mesh = await stage.mesh(
      [
        ...service("upstream", [await plain()]),
        ...route("upstream", "fault: { delay: { percentage: { value: 20 }, fixedDelay: 50ms } }"),
      ],
      seeded(),
    );
    const tookMs: number[] = [];
    for (let at = 0; at < 4_000; at += 200) {
      await Promise.all(
        Array.from({ length: 200 }, async () => {
          const startedAt = performance.now();
          const response = await mesh.fetch("http://upstream/");
          tookMs.push(performance.now() - startedAt);
          await response.arrayBuffer();
        }),
      );
    }
    const delayed = (await mesh.metrics())
      .split("\n")
      .filter((line) => line.startsWith("istio_requests_total{") && line.includes('response_flags="DI"'))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" "))), 0);
    const share = delayed / 4_000;
    assert.ok(Math.abs(share - 0.2) < 0.02, `seed ${seed}: ${share}`);
    // Node's timers are of whole milliseconds.
    assert.ok(tookMs.filter((ms) => ms >= 49).length >= delayed);
  });

  for (const [first, second] of [
    [90, 10],
    [50, 50],
    [1, 99],
  ] as const) {
    it(`row 63: splits 10,000 calls ${first}/${second} ± 1 %`, async () => {
      const servers = await Promise.all(
        ["v1", "v2"].map(async (version) => ({
          version,
          ...(await stage.server((_request, response) => void response.setHeader("x-version", version).end())),
        })),
      );
      const mesh = await stage.mesh(
        [
          ...service("upstream", servers),
          ...resources(`
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: upstream }
spec:
  hosts: [upstream]
  http:
    - route:
        - { destination: { host: upstream, subset: v1 }, weight: ${first} }
        - { destination: { host: upstream, subset: v2 }, weight: ${second} }
`),
        ],
        seeded(),
      );
      const counts = await tally(mesh, "http://upstream/", 10_000, ({ headers }) => headers.get("x-version") ?? "none");
      const share = (counts.get("v1") ?? 0) / 100;
      assert.ok(Math.abs(share - first) < 1, `seed ${seed}: ${share} %`);
      assert.equal((counts.get("v1") ?? 0) + (counts.get("v2") ?? 0), 10_000);
    });
  }

  /** What half and almost all of `count` calls took at most, in ms. */
  async function latency(mesh: Mesh, count: number): Promise<{ readonly median: number; readonly p99: number }> {
    const tookMs: number[] = [];
    for (let turn = 0; turn < count; turn += 1) {
      const startedAt = performance.now();
      const response = await mesh.fetch("http://upstream/");
      assert.equal(response.status, 200);
      await response.arrayBuffer();
      tookMs.push(performance.now() - startedAt);
    }
    tookMs.sort((some, other) => some - other);
    return { median: tookMs[count / 2]!, p99: tookMs[Math.floor(count * 0.99)]! };
  }

  for (const fate of ["dead", "silent"] as const) {
    it(`row 64: a mirror that is ${fate} fails no call of its primary nor holds it up, and has at most 100 copies`, async () => {
      const primary = await stage.server((_request, response) => void response.end("well"));
      let open = 0;
      let mostOpen = 0;
      const silent = await stage.server((_request, response) => {
        open += 1;
        mostOpen = Math.max(open, mostOpen);
        response.once("close", () => {
          open -= 1;
        });
      });
      const mesh = await stage.mesh([
        ...service("upstream", [primary]),
        ...service("copy", [fate === "dead" ? { port: 1 } : silent]),
        ...route("upstream", "mirror: { host: copy }"),
      ]);
      const { median } = await latency(mesh, 600);
      assert.ok(median < 20, `${median} ms`);
      assert.ok(mostOpen <= 100, `${mostOpen} copies at once`);
      const page = await mesh.metrics();
      const dropped = /^envoy_cluster_upstream_rq_mirror_dropped\{[^}]*copy[^}]*\} (\d+)$/m.exec(page)?.[1];
      if (fate === "silent") assert.equal(Number(dropped), 500);
      // What the copies still wait for would hold up the end of the test.
      silent.kill();
    });
  }
});
