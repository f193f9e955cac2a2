import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { BookinfoProgram, Program } from "@intramesh/example-bookinfo";
import { createMesh, type Mesh } from "intramesh";
import { type LoadReport, startLoad } from "./background-load.ts";
import { type BookinfoFixture, startBookinfoFixture } from "./bookinfo-fixture.ts";

/*
 * Every service is replaced, one after another, as a rollout does it: the new process is ready before the old one is
 * told to go. Callers notice nothing.
 */

/** Each of reading and writing. Timers come late, so that 200 together come of it. */
const perSecondEach = 125;

/** Where a machine is too busy to send that many, less than this proves nothing. */
const leastPerSecond = 150;

/** What every process of a rollout gets to end. */
const endWithinMs = 10_000;

const inTurn: readonly BookinfoProgram[] = [
  "details-v1",
  "ratings-v1",
  "ratings-v2",
  "reviews-v1",
  "reviews-v2",
  "reviews-v3",
  "productpage-v1",
];

/** How a process ended that was told to. */
interface Ended {
  readonly name: string;
  readonly how: string;
  readonly tookMs: number;
}

describe("a rolling restart of Bookinfo under load", { concurrency: false }, () => {
  let fixture: BookinfoFixture;
  let caller: Mesh;
  let loads: readonly ReturnType<typeof startLoad>[];
  let reports: readonly LoadReport[];
  let startedAt: number;
  let loadSeconds: number;
  const ends: Ended[] = [];

  before(async () => {
    // Node writes the cache as a process ends: at a first run that takes longer than everything that is timed here.
    process.env["NODE_DISABLE_COMPILE_CACHE"] = "1";
    fixture = await startBookinfoFixture();
    const { registryUrl: registry } = fixture.bookinfo;
    caller = await createMesh({ service: { name: "visitor" }, registry, stateDirectory: fixture.data });
    await caller.ready();
    startedAt = performance.now();
    loads = [startLoad(perSecondEach, () => readPage(caller)), startLoad(perSecondEach, () => writeRatings(caller))];
  });
  after(async () => {
    await caller.close();
    await fixture.stop();
  });

  for (const name of inTurn) {
    it(`replaces ${name}, which ends by itself within ten seconds`, async () => {
      const former = fixture.bookinfo.programs.get(name)!;
      await fixture.bookinfo.start(name).ready();
      ends.push(await stopped(name, former));
      const { how, tookMs } = ends.at(-1)!;
      assert.equal(how, "exit code 0");
      assert.ok(tookMs < endWithinMs, `it took ${Math.round(tookMs)} ms`);
    });
  }

  it("fails no request, of 200 a second where the machine keeps up", async (t) => {
    reports = await Promise.all(loads.map((load) => load.stop()));
    loadSeconds = (performance.now() - startedAt) / 1_000;
    const sent = reports.reduce((sum, report) => sum + report.sent, 0);
    t.diagnostic(`${sent} requests in ${loadSeconds.toFixed(1)} s, ${(sent / loadSeconds).toFixed(0)} a second`);
    for (const { name, tookMs } of ends) t.diagnostic(`${name} ended in ${Math.round(tookMs)} ms`);
    assert.deepEqual(
      reports.flatMap((report) => report.failures),
      [],
    );
    assert.ok(sent / loadSeconds >= leastPerSecond, `the load came to ${sent / loadSeconds} requests a second`);
  });

  it("leaves the new instances in the registry and no others, and nothing on the console", async () => {
    const response = await fetch(`${fixture.bookinfo.registryUrl}/mesh/v1/instances`);
    // The registry's own shape of its instances.
    const { items } = (await response.json()) as { readonly items: readonly { readonly instance: string }[] };
    assert.deepEqual(items.map(({ instance }) => instance).sort(), inTurn.map((name) => `${name}-2`).sort());
    for (const name of inTurn) {
      const { pid } = fixture.bookinfo.programs.get(name)!;
      assert.throws(() => process.kill(pid, 0), { code: "ESRCH" }, `${name} still runs`);
    }
    assert.deepEqual(fixture.lines, []);
  });
});

async function readPage(mesh: Mesh): Promise<void> {
  const response = await mesh.fetch("http://productpage:9080/productpage");
  const text = await response.text();
  if (response.status !== 200) throw new Error(`GET /productpage: ${response.status} ${text}`);
  if (/unavailable/i.test(text)) throw new Error("GET /productpage says that something is unavailable");
}

async function writeRatings(mesh: Mesh): Promise<void> {
  const response = await mesh.fetch("http://ratings:9080/ratings/0", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ Reviewer1: 5, Reviewer2: 4 }),
  });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`POST /ratings/0: ${response.status} ${text}`);
}

async function stopped(name: string, program: Program): Promise<Ended> {
  const toldAt = performance.now();
  await program.stop();
  return { name, how: await program.ended, tookMs: performance.now() - toldAt };
}
