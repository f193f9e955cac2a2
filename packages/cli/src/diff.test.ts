import assert from "node:assert/strict";
import { test } from "node:test";
import { type MeshBench, reviewsRule, reviewsSubsets, startMeshBench } from "./testing/mesh-bench.ts";
import { runCommand } from "./testing/run-command.ts";

/** A bench whose productpage has called reviews v1 ten times. */
async function startRecorded(t: Parameters<typeof startMeshBench>[0]): Promise<MeshBench & { readonly admin: string }> {
  const bench = await startMeshBench(t);
  await bench.serve("reviews", "v1");
  await bench.serve("reviews", "v3");
  const caller = await bench.call("productpage");
  await bench.apply(`${reviewsSubsets}---\n${reviewsRule({ v1: 100 })}`, caller);
  for (let at = 0; at < 10; at++) await (await caller.fetch(`http://reviews:9080/reviews/${at}`)).text();
  return { ...bench, admin: caller.adminUrl! };
}

test("diff says which share of the recorded calls would move, with one of them", async (t) => {
  const { run, file } = await startRecorded(t);
  const path = file("new.yaml", reviewsRule({ v1: 97, v3: 3 }));
  const text = await run(["diff", "-f", path]);
  assert.equal(
    text.out,
    `10 recorded requests of 1 process replayed

reviews, 10 calls
  3 % of reviews calls go to v3 instead of v1; 0 have no route
    GET http://reviews:9080/reviews/0 from productpage
`,
  );
  assert.equal(text.code, 0);
  assert.match(text.err, /^note: without an admin port, and left out: reviews-v1-\w+, reviews-v3-\w+\n$/);
  const { requests, hosts } = JSON.parse((await run(["diff", "-f", path, "-o", "json"])).out);
  const { host, calls, moved, noRoute } = hosts[0];
  assert.deepEqual([requests, hosts.length, host, calls, noRoute], [10, 1, "reviews.default.svc.cluster.local", 10, 0]);
  const [{ sample, ...move }] = moved;
  assert.deepEqual(move, {
    from: "reviews.default.svc.cluster.local:9080 subset v1",
    to: "reviews.default.svc.cluster.local:9080 subset v3",
    percent: 3,
  });
  assert.deepEqual([sample.path, sample.from], ["/reviews/0", "productpage"]);
});

test("diff says so where nothing would move, and changes nothing", async (t) => {
  const { run, url } = await startRecorded(t);
  // A status may be written meanwhile; what was asked for has a generation.
  const stored = async (): Promise<unknown> => {
    const { items } = (await (await fetch(`${url}/apis/networking.istio.io/v1/virtualservices`)).json()) as {
      readonly items: readonly { readonly metadata: { readonly name: string; readonly generation: number } }[];
    };
    return items.map(({ metadata }) => [metadata.name, metadata.generation]);
  };
  const before = await stored();
  const same = await run(["diff", "-f", "-"], reviewsRule({ v1: 100 }));
  assert.equal(same.out, "Nothing would move: 10 recorded requests of 1 process are decided as before.\n");
  const changed = await run(["diff", "-f", "-"], reviewsRule({ v1: 100 }, "timeout: 3s"));
  assert.match(
    changed.out,
    /^ {2}no reviews call moves; 0 have no route\n {2}10 calls change otherwise \(timeout none → 3s\)$/m,
  );
  assert.deepEqual([same.code, changed.code, await stored()], [0, 0, before]);
});

test("diff is not fine where calls would have no known destination", async (t) => {
  const { run } = await startRecorded(t);
  const { code, out } = await run(["diff", "-f", "-"], reviewsRule({ v4: 100 }));
  assert.equal(code, 1);
  assert.match(
    out,
    /^ {2}100 % of reviews calls go to v4 \(does not exist: 503 NC\) instead of v1; 0 have no route, 10 no known destination$/m,
  );
});

test("diff takes requests from named admin ports and from files", async (t) => {
  const { run, file, admin } = await startRecorded(t);
  const saved = file("recorded.json", await (await fetch(`${admin}/recorded`)).text());
  const next = reviewsRule({ v3: 100 });
  const moved = async (...places: readonly string[]): Promise<unknown> => {
    const { out, err } = await run(["diff", "-f", "-", "-o", "json", ...places], next);
    assert.equal(err, "");
    const { requests, hosts } = JSON.parse(out);
    return [requests, hosts[0].moved[0].percent];
  };
  assert.deepEqual(await moved("--admin", admin), [10, 100]);
  assert.deepEqual(await moved("--recorded", saved, "--admin", admin), [20, 100]);
  const broken = await run(["diff", "-f", "-", "--recorded", file("broken.json", '{"client":{}}')], next);
  assert.deepEqual([broken.code, broken.out], [2, ""]);
  assert.match(broken.err, /broken\.json is no recording: client\.service: expected is the name of a service/);
  const silent = await run(["diff", "-f", "-", "--admin", "http://127.0.0.1:1"], next);
  assert.equal(silent.code, 1);
  assert.match(silent.err, /--admin: its admin port http:\/\/127\.0\.0\.1:1 cannot be reached/);
});

test("diff says how to record where nothing is recorded", async (t) => {
  const { run, call } = await startMeshBench(t);
  await call("productpage");
  const { code, out, err } = await run(["diff", "-f", "-"], reviewsRule({ v1: 100 }));
  assert.deepEqual([code, out], [0, ""]);
  assert.match(err, /^No requests are recorded: .*`adminPort` or INTRAMESH_ADMIN_PORT/);
  const json = await run(["diff", "-f", "-", "-o", "json"], reviewsRule({ v1: 100 }));
  assert.deepEqual(JSON.parse(json.out), { requests: 0, unrecordedHeaders: [], hosts: [] });
});

test("diff says which headers it cannot see, because no rule has looked at them yet", async (t) => {
  const { run } = await startRecorded(t);
  const rule = reviewsRule({ v3: 100 }, "match: [{ headers: { end-user: { exact: jason } } }]");
  const next = `${rule}  - route: [{ destination: { host: reviews, subset: v1 } }]\n`;
  const { code, out } = await run(["diff", "-f", "-"], next);
  assert.equal(code, 0);
  assert.equal(
    out,
    `Nothing would move: 10 recorded requests of 1 process are decided as before.
Not seen: end-user was not recorded: no rule has looked at it so far, or it is secret; calls that carry it may move.
`,
  );
  assert.deepEqual(JSON.parse((await run(["diff", "-f", "-", "-o", "json"], next)).out).unrecordedHeaders, [
    "end-user",
  ]);
});

test("diff replays nothing with resources that are not valid", async (t) => {
  const { run, file } = await startMeshBench(t);
  const path = file("bad.yaml", reviewsRule({ v1: 100 }, "timeout: soon"));
  const { code, out, err } = await run(["diff", "-f", path]);
  assert.deepEqual([code, out], [1, ""]);
  assert.match(err, /bad\.yaml:\d+: VirtualService default\/reviews is invalid: spec\.http\[0\]\.timeout: /);
  assert.equal((await runCommand(["diff"])).code, 2);
});

test("diff leaves out a process whose admin port is another one's here", async (t) => {
  const { run, url, admin } = await startRecorded(t);
  const report = { service: "stranger", namespace: "default", revision: 1, rejected: [], admin };
  await fetch(`${url}/mesh/v1/clients/stranger-1`, { method: "PUT", body: JSON.stringify(report) });
  const { out, err } = await run(["diff", "-f", "-", "-o", "json"], reviewsRule({ v1: 100 }));
  assert.equal(JSON.parse(out).requests, 10);
  assert.match(err, /^note: stranger-1 is left out: its admin port \S+ is that of productpage-\S+ here; /m);
});
