import assert from "node:assert/strict";
import { test } from "node:test";
import { reviewsRule, reviewsSubsets, startMeshBench } from "./testing/mesh-bench.ts";

test("config shows routes, clusters, endpoints and bootstrap of one process", async (t) => {
  const { serve, call, apply, run } = await startMeshBench(t);
  const reviews = await serve("reviews", "v1");
  const caller = await call("productpage");
  await apply(`${reviewsSubsets}---\n${reviewsRule({ v1: 90, v3: 10 })}`, caller);
  const host = "reviews.default.svc.cluster.local";
  while ((await (await caller.fetch("http://reviews:9080/")).text()) !== "v1");
  const show = async (what: string): Promise<string[]> => {
    const { code, out, err } = await run(["config", what, "productpage"]);
    assert.deepEqual([code, err], [0, ""]);
    return out.split("\n").map((line) => line.split(/ {3,}/).join("|"));
  };
  assert.deepEqual(await show("routes"), [
    "NAME|HOSTS|MATCH|DESTINATION|VIRTUAL SERVICE",
    `http[0]|${host}|/*|90 % reviews v1, 10 % reviews v3|default/reviews`,
    "",
  ]);
  const [head, ...clusters] = await show("clusters");
  assert.equal(head, "SERVICE FQDN|PORT|SUBSET|LOAD BALANCER|HEALTHY|ACTIVE|ALSO SET");
  assert.ok(clusters.includes(`${host}|9080|v1|LEAST_REQUEST|1/1|0|-`));
  const [, ...endpoints] = await show("endpoints");
  const row = new RegExp(
    `^127\\.0\\.0\\.1:\\d+\\|HEALTHY\\|v1\\|-\\|1\\|0\\|(?:[\\d.]+ms|-)\\|${reviews.instance}\\|outbound\\|9080\\|v1\\|${host}$`,
  );
  assert.ok(
    endpoints.some((line) => row.test(line)),
    endpoints.join("\n"),
  );
  assert.ok((await show("bootstrap")).includes(`Instance|${caller.instance}`));
});

test("config -o json is the admin port's own page; of several things, one by name", async (t) => {
  const { call, run } = await startMeshBench(t);
  const caller = await call("productpage");
  const one = JSON.parse((await run(["config", "bootstrap", caller.instance, "-o", "json"])).out);
  assert.deepEqual(one, await (await fetch(`${caller.adminUrl}/snapshot`)).json());
  const several = JSON.parse((await run(["config", "routes,c,b", caller.instance, "-o", "json"])).out);
  assert.deepEqual(several, { routes: [], clusters: [], bootstrap: one });
});

test("an instance is named in full or by its beginning, where that is one only", async (t) => {
  const { serve, call, run, settle } = await startMeshBench(t);
  const [one, two] = [await serve("reviews", "v1"), await serve("reviews", "v3")];
  await settle(one, two);
  const ambiguous = await run(["config", "routes", "reviews"]);
  assert.deepEqual(
    [ambiguous.code, ambiguous.err],
    [2, `error: reviews may be ${one.instance}, ${two.instance}: name one of them\n`],
  );
  const unknown = await run(["config", "routes", "nobody"]);
  assert.equal(unknown.code, 1);
  assert.ok(unknown.err.includes(`nobody: connected are ${one.instance}, ${two.instance}\n`));
  const bare = await run(["config", "routes", one.instance]);
  assert.equal(bare.code, 1);
  assert.match(
    bare.err,
    /^error: reviews-v1-\S+ has no admin port: start it with the option `adminPort` or INTRAMESH_/,
  );
  await settle(await call("ratings"));
  assert.equal((await run(["config", "routes", "rat"])).code, 0);
  const wrong = await run(["config", "listeners", "rat"]);
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.err,
    /"listeners" is nothing that config shows: routes, clusters, endpoints, slow, inflight, bootstrap/,
  );
});

test("config does not show one process for another", async (t) => {
  const { call, run, url, settle } = await startMeshBench(t);
  const caller = await call("productpage");
  await settle(caller);
  const tell = (id: string, admin: string): Promise<unknown> => {
    const report = { service: "far", namespace: "default", revision: 1, rejected: [], admin };
    return fetch(`${url}/mesh/v1/clients/${id}`, { method: "PUT", body: JSON.stringify(report) });
  };
  await tell("far-1", caller.adminUrl!);
  const other = await run(["config", "routes", "far-1"]);
  assert.equal(other.code, 1);
  assert.ok(other.err.includes(`is the admin port of ${caller.instance}, not of far-1; `));
  await tell("gone-1", "http://127.0.0.1:1");
  const gone = await run(["config", "routes", "gone-1"]);
  assert.equal(gone.code, 1);
  assert.match(
    gone.err,
    /the admin port of gone-1 at http:\/\/127\.0\.0\.1:1 cannot be reached .*where the process runs/,
  );
});

test("log shows and changes how much a process says; dashboard says where its admin port is", async (t) => {
  const { call, run, settle } = await startMeshBench(t);
  const caller = await call("productpage");
  await settle(caller);
  const shown = await run(["log", "productpage"]);
  assert.deepEqual([shown.code, shown.out], [0, `${caller.instance} logs at level warn\n`]);
  const changed = await run(["log", "productpage", "--level", "debug"]);
  assert.deepEqual([changed.code, changed.out], [0, `${caller.instance} logs at level debug, before at warn\n`]);
  assert.match((await run(["config", "bootstrap", "productpage"])).out, /^Log level +debug$/m);
  const wrong = await run(["log", "productpage", "--level", "loud"]);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /"loud" is no level: off, warn, info, debug/);
  assert.equal((await run(["dashboard", "productpage"])).out, `${caller.adminUrl}/\n`);
});

test("a Telemetry that is applied switches the access log of a process, and config shows it", async (t) => {
  const { serve, call, apply, run } = await startMeshBench(t);
  await serve("reviews", "v1");
  const caller = await call("productpage");
  const show = async (): Promise<string> => (await run(["config", "bootstrap", "productpage"])).out;
  assert.match(await show(), /^Access log, outbound +off$/m);
  await apply(
    `apiVersion: telemetry.istio.io/v1
kind: Telemetry
metadata: { name: errors, namespace: istio-system }
spec: { accessLogging: [{ match: { mode: CLIENT }, filter: { expression: "response.code >= 400" } }] }
`,
    caller,
  );
  const text = await show();
  assert.match(text, /^Telemetry +istio-system\/errors$/m);
  assert.match(text, /^Access log, outbound +\/dev\/stdout, text, where response.code >= 400$/m);
  assert.match(text, /^Access log, inbound +off$/m);
});

test("config shows slow and running requests, and all there is", async (t) => {
  const { call, run, settle } = await startMeshBench(t);
  const caller = await call("productpage");
  await settle(caller);
  assert.equal((await run(["config", "slow", "productpage"])).out, "no request took 1000 ms or longer\n");
  assert.equal((await run(["config", "inflight", "productpage"])).out, "inbound: 0, outbound: 0\n");
  const all = JSON.parse((await run(["config", "all", "productpage", "-o", "json"])).out) as object;
  assert.deepEqual(Object.keys(all), ["routes", "clusters", "endpoints", "slow", "inflight", "bootstrap"]);
});
