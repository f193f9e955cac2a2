import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { Program } from "@intramesh/example-bookinfo";
import { eventually } from "../support/eventually.ts";
import { startLoad } from "./background-load.ts";
import { type BookinfoFixture, startBookinfoFixture } from "./bookinfo-fixture.ts";
import { runIntramesh } from "./intramesh-command.ts";
import { Visitor } from "./product-page.ts";

const config = join(import.meta.dirname, "../../examples/bookinfo/config");

/** A client that lost the registry comes back within its longest back-off, five seconds, and some. */
const backMs = 8_000;

describe("Bookinfo without its registry", { concurrency: false }, () => {
  let fixture: BookinfoFixture;
  let visitor: Visitor;
  let load: ReturnType<typeof startLoad>;
  let lateReviews: Program;
  let latePage: Program;

  before(async () => {
    fixture = await startBookinfoFixture();
    visitor = new Visitor(fixture.bookinfo.url);
    await apply("destination-rules.yaml");
    await apply("all-v1.yaml");
    // Who has never called a service knows none of its instances when the registry goes.
    assert.equal((await visitor.reviews()).status, 200);
    await eventually("every service keeps the state on disk", 5_000, async () => savedStates().every(knowsRoutes));
    await eventually("the page keeps whom it calls", 5_000, async () => savedStates().some(knowsReviews));
    load = startLoad(50, async () => {
      if ((await visitor.reviews()).status !== 200) throw new Error("there are no reviews");
    });
  });
  after(() => fixture.stop());

  async function apply(file: string): Promise<void> {
    const { code, stderr } = await runIntramesh(fixture.bookinfo.registryUrl, "apply", "-f", join(config, file));
    assert.equal(code, 0, stderr);
  }

  function savedStates(): readonly string[] {
    const folder = join(fixture.data, "state");
    const files = readdirSync(folder).filter((file) => file.endsWith(".ndjson"));
    assert.equal(files.length, 4);
    return files.map((file) => readFileSync(join(folder, file), "utf8"));
  }

  function knowsRoutes(state: string): boolean {
    return state.split("VirtualService").length > 4;
  }

  function knowsReviews(state: string): boolean {
    return state
      .split("\n")
      .some((line) => line.includes('"intramesh.io/service":"reviews"') && line.includes('"address"'));
  }

  it("goes on routing when the registry is killed", async () => {
    await fixture.bookinfo.programs.get("registry")!.kill();
    assert.deepEqual(await visitor.countVersions(300), { v1: 300 });
  });

  it("starts a service from the last known good state, and says so", async () => {
    latePage = fixture.bookinfo.start("productpage-v1");
    lateReviews = fixture.bookinfo.start("reviews-v1");
    const lateVisitor = new Visitor(await latePage.listening());
    assert.deepEqual(await lateVisitor.countVersions(100), { v1: 100 });
    const said = /productpage-v1: .*cannot be reached.*starting with its state of/;
    await eventually("it says so", 1_000, async () => fixture.lines.some((line) => said.test(line)));
  });

  it("follows a change soon after the registry is back with its data", async () => {
    await fixture.bookinfo.start("registry").ready();
    await apply("reviews-50-v3.yaml");
    const lateVisitor = new Visitor(await latePage.listening());
    for (const each of [visitor, lateVisitor]) {
      await eventually("v3 is seen", backMs, async () => "v3" in (await each.countVersions(20)));
      assert.deepEqual(Object.keys(await each.countVersions(200)).sort(), ["v1", "v3"]);
    }
  });

  it("finds the services that started meanwhile", async () => {
    await Promise.all([lateReviews.ready(), latePage.ready()]);
    const seen = new Set<string>();
    await eventually("both instances of v1 answer", backMs, async () => {
      const { podname, version } = await visitor.reviews();
      if (version === "v1") seen.add(podname);
      return seen.size === 2;
    });
  });

  it("fails no request of the load", async () => {
    const { sent, failures } = await load.stop();
    assert.deepEqual(failures, []);
    assert.ok(sent > 50, `the load sent ${sent} requests`);
  });
});
