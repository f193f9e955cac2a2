import assert from "node:assert/strict";
import { test } from "node:test";
import { reviewsRule, reviewsSubsets, startMeshBench } from "./testing/mesh-bench.ts";
import { service, startBench } from "./testing/run-command.ts";

test("describe service shows what decides about calls to it, and which instances are in which subsets", async (t) => {
  const { serve, apply, run } = await startMeshBench(t);
  const v1 = await serve("reviews", "v1");
  const v3 = await serve("reviews", "v3");
  await apply(`${reviewsSubsets}---\n${reviewsRule({ v1: 90, v3: 10 })}`, v1, v3);
  const { code, out, err } = await run(["describe", "service", "reviews"]);
  assert.deepEqual([code, err], [0, ""]);
  assert.match(out, /^Service +reviews\.default\.svc\.cluster\.local\n/);
  assert.match(out, /^Ports +9080 http$/m);
  assert.match(out, /^ {2}http\[0\] +reviews\.default\S+ +\/\* +90 % reviews v1, 10 % reviews v3 +default\/reviews$/m);
  assert.match(out, /^ {2}v1 +version=v1 +1 +default\/reviews$/m);
  assert.match(out, new RegExp(`^ {2}${v3.instance} +127\\.0\\.0\\.1:\\d+ +v3 +- +1 +v3$`, "m"));
  const json = JSON.parse((await run(["describe", "svc", "reviews.default", "-o", "json"])).out);
  assert.deepEqual(
    json.instances.map(({ instance }: { readonly instance: string }) => instance).sort(),
    [v1.instance, v3.instance].sort(),
  );
  assert.deepEqual(json.findings, []);
});

test("describe service tells what is wrong with it, and ends with 1 for an error", async (t) => {
  const { run } = await startBench(t);
  await run(["apply", "-f", "-"], `${service("reviews")}---\n${reviewsSubsets}---\n${reviewsRule({ v1: 50, v4: 50 })}`);
  const { code, out } = await run(["describe", "service", "reviews"]);
  assert.equal(code, 1);
  assert.match(out, /^ {2}v1 +version=v1 +none: 503 UH/m);
  assert.match(out, /^ {2}none: calls are answered 503 UH$/m);
  assert.match(out, /^ {2}Error \[IST0101\] \(VirtualService default\/reviews\) .*"v4"/m);
});

test("describe service names what there is where a name is unknown", async (t) => {
  const { run } = await startBench(t);
  await run(["apply", "-f", "-"], service("reviews"));
  const { code, err } = await run(["describe", "service", "review"]);
  assert.equal(code, 1);
  assert.match(err, /see no service review: there are reviews\.default\.svc\.cluster\.local/);
});

test("describe instance shows its lease, what it runs, its subsets and the rules that send to it", async (t) => {
  const { serve, call, apply, run } = await startMeshBench(t);
  const v1 = await serve("reviews", "v1");
  const caller = await call("productpage");
  await apply(`${reviewsSubsets}---\n${reviewsRule({ v1: 90, v3: 10 })}`, v1, caller);
  const { code, out } = await run(["describe", "instance", v1.instance.slice(0, -2)]);
  assert.equal(code, 0);
  assert.match(out, new RegExp(`^Instance +${v1.instance}$`, "m"));
  assert.match(out, /^Address +127\.0\.0\.1:\d+ http$/m);
  assert.match(out, /^Lease +lapses in \d+s$/m);
  assert.match(out, /^Configuration +revision \d+, the newest; heard of \d+s ago$/m);
  assert.match(out, /^ {2}v1 +yes +version=v1\n {2}v3 +no +version=v3$/m);
  assert.match(out, /^ {2}default\/reviews http\[0\]: 90 % to subset v1$/m);
  assert.doesNotMatch(out, /10 %/);
  await run(["drain", v1.instance]);
  assert.match((await run(["describe", "instance", v1.instance])).out, /DRAINED since/);
  const json = JSON.parse((await run(["describe", "instance", caller.instance, "-o", "json"])).out);
  assert.deepEqual([json.addresses, json.leaseMs, json.connection.admin], [[], null, caller.adminUrl]);
});

test("describe instance names what there is where a name is unknown", async (t) => {
  const { run } = await startBench(t);
  const { code, err } = await run(["describe", "instance", "reviews"]);
  assert.deepEqual([code, err], [1, "error: no process is called reviews: there is none\n"]);
});
