import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { eventually } from "../support/eventually.ts";
import { isShared, sharedFolder } from "../support/shared-folder.ts";
import { startLoad } from "./background-load.ts";
import { type BookinfoFixture, startBookinfoFixture } from "./bookinfo-fixture.ts";
import { runIntramesh } from "./intramesh-command.ts";
import { parseReviews, Visitor } from "./product-page.ts";

/*
 * The walk that introductions to Istio take, with Istio's own files, against processes that are never restarted and
 * under a load that must not notice.
 */

const istioBookinfo = join(sharedFolder, "data/istio-bookinfo");
const skip = isShared("data/istio-bookinfo") ? false : `${istioBookinfo} is missing`;

/** From the return of `intramesh apply` until every process that calls routes by it. */
const inForceMs = 1_000;

/** Enough to see a version that has a tenth of the requests, mostly: who does not see it looks again. */
const lookRequests = 30;

/** Chance alone is five points off less than once in 100,000 runs (4.5 standard deviations); with 1,000 once in 600. */
const countedRequests = 2_000;

describe("the walk through Bookinfo", { skip, concurrency: false }, () => {
  let fixture: BookinfoFixture;
  let anybody: Visitor;
  let jason: Visitor;
  let load: ReturnType<typeof startLoad>;
  let pids: readonly number[];

  before(async () => {
    fixture = await startBookinfoFixture();
    const { url, programs } = fixture.bookinfo;
    pids = [...programs.values()].map(({ pid }) => pid);
    anybody = new Visitor(url);
    jason = await Visitor.signIn(url, "jason");
    load = startLoad(50, async () => {
      const page = await anybody.page();
      if (page.includes("unavailable")) throw new Error("the page says that something is unavailable");
    });
  });
  after(() => fixture.stop());

  async function change(verb: "apply" | "delete", ...files: readonly string[]): Promise<void> {
    for (const file of files) {
      const path = join(istioBookinfo, file);
      const { code, stderr } = await runIntramesh(fixture.bookinfo.registryUrl, verb, "-f", path);
      assert.equal(code, 0, `${verb} ${file}: ${stderr}`);
    }
  }

  async function versionsSeen(visitor: Visitor): Promise<string> {
    return Object.keys(await visitor.countVersions(lookRequests))
      .sort()
      .join();
  }

  async function sees(visitor: Visitor, versions: string): Promise<void> {
    const what = `exactly ${versions} are seen`;
    await eventually(what, inForceMs, async () => (await versionsSeen(visitor)) === versions);
  }

  /** Each version has its percentage of the calls, five points more or less. */
  async function shares(percentages: Readonly<Record<string, number>>): Promise<void> {
    const counts = await anybody.countVersions(countedRequests);
    assert.deepEqual(Object.keys(counts).sort(), Object.keys(percentages).sort());
    for (const [version, percent] of Object.entries(percentages)) {
      const actual = (counts[version]! * 100) / countedRequests;
      assert.ok(Math.abs(actual - percent) <= 5, `${version} has ${actual} % of the calls, not ${percent} %`);
    }
  }

  it("spreads calls over v1, v2 and v3 before and after the versions have names", async () => {
    await sees(anybody, "v1,v2,v3");
    await change("apply", "destination-rule-all.yaml");
    await sees(anybody, "v1,v2,v3");
  });

  it("sends everything to v1 by virtual-service-all-v1", async () => {
    await change("apply", "virtual-service-all-v1.yaml");
    await sees(anybody, "v1");
    assert.deepEqual(await anybody.countVersions(200), { v1: 200 });
    assert.doesNotMatch(await anybody.page(), /class="stars/);
  });

  it("shows v2 to jason and v1 to others by reviews-test-v2", async () => {
    await change("apply", "virtual-service-reviews-test-v2.yaml");
    await sees(jason, "v2");
    assert.deepEqual(await jason.countVersions(100), { v2: 100 });
    assert.deepEqual(await anybody.countVersions(100), { v1: 100 });
    assert.match(await jason.page(), /class="stars" style="color: black"/);
  });

  it("splits calls evenly between v1 and v3 by reviews-50-v3", async () => {
    await change("apply", "virtual-service-reviews-50-v3.yaml");
    await sees(anybody, "v1,v3");
    await shares({ v1: 50, v3: 50 });
  });

  it("splits calls 80 to 20 by reviews-80-20", async () => {
    await change("apply", "virtual-service-reviews-80-20.yaml");
    await sees(anybody, "v1,v2");
    await shares({ v1: 80, v2: 20 });
  });

  it("splits calls 90 to 10 by reviews-90-10", async () => {
    await change("apply", "virtual-service-reviews-90-10.yaml");
    await eventually("a tenth goes to v2", inForceMs, async () => {
      const { v1 = 0, v2 = 0 } = await anybody.countVersions(100);
      return v1 + v2 === 100 && v2 > 0 && v2 < 20;
    });
    await shares({ v1: 90, v2: 10 });
  });

  it("sends everything to v3 by reviews-v3", async () => {
    await change("apply", "virtual-service-reviews-v3.yaml");
    await sees(anybody, "v3");
    assert.deepEqual(await anybody.countVersions(200), { v3: 200 });
    assert.match(await anybody.page(), /class="stars" style="color: red"/);
  });

  it("splits calls evenly between v2 and v3 by reviews-v2-v3", async () => {
    await change("apply", "virtual-service-reviews-v2-v3.yaml");
    await sees(anybody, "v2,v3");
    await shares({ v2: 50, v3: 50 });
  });

  it("shows v2 to jason and v3 to others by reviews-jason-v2-v3", async () => {
    await change("apply", "virtual-service-reviews-jason-v2-v3.yaml");
    await sees(jason, "v2");
    assert.deepEqual(await anybody.countVersions(100), { v3: 100 });
  });

  it("delays ratings by seven seconds for jason only by ratings-test-delay", async () => {
    await change("apply", "virtual-service-ratings-test-delay.yaml");
    // The product page gives up on reviews after three seconds, twice; reviews itself waits the delay out.
    await eventually("jason's reviews are unavailable", inForceMs + 6_500, async () => {
      return (await jason.page()).includes("Sorry, product reviews are currently unavailable for this book.");
    });
    for (const version of ["v2", "v3"] as const) {
      const others = await timedReviews(version, "somebody");
      assert.ok(others.tookMs < 2_000, `others waited ${others.tookMs} ms for ${version}`);
    }
    const both = await Promise.all([timedReviews("v2", "jason"), timedReviews("v3", "jason")]);
    for (const { tookMs, rating } of both) {
      assert.ok(tookMs >= 7_000 && tookMs < 9_000, `jason waited ${tookMs} ms`);
      assert.notEqual(rating, undefined);
    }
  });

  it("refuses ratings to jason only by ratings-test-abort", async () => {
    await change("apply", "virtual-service-ratings-test-abort.yaml");
    const refused = "Ratings service is currently unavailable";
    await eventually("jason's ratings are refused", inForceMs, async () => {
      // A call that still meets the delay is not waited for.
      const answer = await jason.reviews(inForceMs / 4).catch(() => undefined);
      return answer?.rating === refused;
    });
    assert.ok((await jason.page()).includes(refused));
    assert.equal((await timedReviews("v3", "jason")).rating, refused);
    assert.equal((await anybody.reviews()).rating, "red");
  });

  it("spreads calls over v1, v2 and v3 again when everything is deleted", async () => {
    await change("delete", "virtual-service-all-v1.yaml", "destination-rule-all.yaml");
    await sees(anybody, "v1,v2,v3");
    await sees(jason, "v1,v2,v3");
  });

  it("restarts no process and fails no request of the load", async () => {
    const { sent, failures } = await load.stop();
    assert.deepEqual(failures, []);
    assert.ok(sent > 500, `the load sent ${sent} requests`);
    assert.deepEqual(
      [...fixture.bookinfo.programs.values()].map(({ pid }) => pid),
      pids,
    );
    for (const pid of pids) assert.ok(process.kill(pid, 0));
    assert.deepEqual(fixture.lines, []);
  });

  /** Asks one version of reviews itself. */
  async function timedReviews(
    version: "v2" | "v3",
    user: string,
  ): Promise<{ readonly tookMs: number; readonly rating: string | undefined }> {
    const url = await fixture.bookinfo.programs.get(`reviews-${version}`)!.listening();
    const startedAt = performance.now();
    const { rating } = await parseReviews(await fetch(`${url}/reviews/0`, { headers: { "end-user": user } }));
    return { tookMs: performance.now() - startedAt, rating };
  }
});
