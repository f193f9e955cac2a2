import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { rule, service, startBench, startCommand, temporaryFolder } from "./testing/run-command.ts";

test("apply creates, then finds nothing to do, then configures", async (t) => {
  const { run, file } = await startBench(t);
  const path = file("reviews.yaml", rule("reviews"));
  const created = await run(["apply", "-f", path]);
  assert.deepEqual([created.code, created.out], [0, "virtualservice.networking.istio.io/reviews created\n"]);
  assert.match(
    created.err,
    /^Warning: IST0101 spec\.http\[0\]\S+\.host: host reviews\.default\S+ is not known to the mesh: .+\n$/,
  );
  assert.equal((await run(["apply", "-f", path])).out, "virtualservice.networking.istio.io/reviews unchanged\n");
  const changed = await run(["apply", "-f", "-"], rule("reviews", "ratings"));
  assert.deepEqual([changed.code, changed.out], [0, "virtualservice.networking.istio.io/reviews configured\n"]);
  const labelled = rule("reviews", "ratings").replace("name: reviews", "name: reviews\n  labels: { a: b }");
  assert.match((await run(["apply", "-f", "-"], labelled)).out, /configured/);
  assert.match((await run(["apply", "-f", "-"], labelled)).out, /unchanged/);
});

test("apply finds nothing to do where only the spelling differs", async (t) => {
  const { run } = await startBench(t);
  await run(["apply", "-f", "-"], rule("reviews"));
  const withNull = rule("reviews").replace("spec:", "spec:\n  gateways: null");
  assert.equal(
    (await run(["apply", "-f", "-"], withNull)).out,
    "virtualservice.networking.istio.io/reviews unchanged\n",
  );
});

test("apply --dry-run says what would be done, and does nothing", async (t) => {
  const { run } = await startBench(t);
  const dry = (text: string): ReturnType<typeof run> => run(["apply", "--dry-run", "-f", "-"], text);
  const name = "virtualservice.networking.istio.io/reviews";
  assert.equal((await dry(rule("reviews"))).out, `${name} created (server dry run)\n`);
  assert.equal((await run(["get", "vs", "reviews"])).code, 1);
  await run(["apply", "-f", "-"], rule("reviews"));
  const served = await run(["apply", "--dry-run=server", "-f", "-"], rule("reviews", "ratings"));
  assert.equal(served.out, `${name} configured (server dry run)\n`);
  assert.equal((await dry(rule("reviews"))).out, `${name} unchanged (server dry run)\n`);
  const withNull = rule("reviews").replace("spec:", "spec:\n  gateways: null");
  assert.equal((await dry(withNull)).out, `${name} unchanged (server dry run)\n`);
  const wrong = await dry(rule("reviews").replace("  http:", "  htp:"));
  assert.deepEqual([wrong.code, wrong.out], [1, ""]);
  assert.match(wrong.err, /spec\.htp: unknown field "htp"/);
});

test("apply --dry-run -o diff shows what would change, as a unified diff", async (t) => {
  const { run } = await startBench(t);
  const diff = (text: string): ReturnType<typeof run> => run(["apply", "--dry-run", "-o", "diff", "-f", "-"], text);
  const created = await diff(rule("reviews"));
  assert.match(
    created.out,
    /^--- \/dev\/null\n\+\+\+ VirtualService default\/reviews\n@@ -0,0 \+1,\d+ @@\n\+apiVersion: /,
  );
  await run(["apply", "-f", "-"], rule("reviews"));
  assert.equal((await diff(rule("reviews"))).out, "");
  const { code, out } = await diff(rule("reviews", "ratings"));
  assert.equal(code, 0);
  const lines = out.split("\n");
  assert.deepEqual(lines.slice(0, 2), [
    "--- VirtualService default/reviews (registry)",
    "+++ VirtualService default/reviews",
  ]);
  assert.deepEqual(
    lines.slice(2).filter((line) => /^[-+]/.test(line)),
    ["-            host: reviews", "+            host: ratings"],
  );
  const needed = await run(["apply", "-o", "diff", "-f", "-"], rule("reviews"));
  assert.deepEqual([needed.code, needed.out], [2, ""]);
  assert.match(needed.err, /add --dry-run/);
});

test("apply takes folders and several files", async (t) => {
  const { run, file } = await startBench(t);
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "b.yml"), service("b"));
  writeFileSync(join(folder, "a.yaml"), `${service("a")}---\n${service("a2")}`);
  writeFileSync(join(folder, "notes.txt"), "not a resource");
  mkdirSync(join(folder, "deeper"));
  const { code, out } = await run(["apply", "-f", folder, "-f", file("c.yaml", service("c"))]);
  assert.equal(code, 0);
  assert.equal(out, "service/a created\nservice/a2 created\nservice/b created\nservice/c created\n");
});

test("apply tells each failure with its place and goes on", async (t) => {
  const { run, file } = await startBench(t);
  const wrong = rule("bad")
    .replace("  http:", "  bogus: 1\n  http:")
    .replace("host: bad", "host: bad\n      weight: -1");
  const path = file(
    "some.yaml",
    [service("a"), wrong, "kind: StatefulSet\napiVersion: apps/v1\n", service("b")].join("---\n"),
  );
  const { code, out, err } = await run(["apply", "-f", path]);
  assert.equal(code, 1);
  assert.equal(out, "service/a created\nservice/b created\n");
  const lines = err.trimEnd().split("\n");
  assert.match(lines[0]!, /some\.yaml:19: VirtualService "bad" is invalid: spec\.bogus: unknown field "bogus"/);
  assert.match(
    lines.at(-1)!,
    /some\.yaml:26: apiVersion apps\/v1: "StatefulSet" is not a kind that the registry keeps/,
  );
});

test("apply names file, line and column of what is not YAML", async (t) => {
  const { run, file } = await startBench(t);
  const { code, err } = await run(["apply", "-f", file("broken.yaml", "a: [1\nb: 2\n")]);
  assert.equal(code, 1);
  assert.match(err, /broken\.yaml:2:1: \S/);
});

test("get shows Istio's columns, of one or all namespaces, or one by name", async (t) => {
  const { run } = await startBench(t);
  const elsewhere = rule("ratings").replace("name: ratings", "name: ratings\n  namespace: istio-system");
  await run(["apply", "-f", "-"], `${rule("reviews")}---\n${elsewhere}`);
  assert.match((await run(["get", "vs"])).out, /^NAME +GATEWAYS +HOSTS +AGE\nreviews +\["reviews"\] +\d+s\n$/);
  const all = await run(["get", "virtualservices", "-A"]);
  assert.match(all.out, /^NAMESPACE +NAME .*\ndefault +reviews .*\nistio-system +ratings .*\n$/);
  for (const kind of ["VirtualService", "vs.networking.istio.io", "virtualservice"]) {
    assert.match((await run(["get", kind, "ratings", "-n", "istio-system"])).out, /\nratings /);
  }
  const none = await run(["get", "dr"]);
  assert.deepEqual([none.code, none.out, none.err], [0, "", "No resources found in default namespace.\n"]);
  const several = await run(["get", "vs,dr", "-o", "name"]);
  assert.equal(several.out, "virtualservice.networking.istio.io/reviews\n");
});

test("get prints one JSON document, or YAML that applies again", async (t) => {
  const { run } = await startBench(t);
  await run(
    ["apply", "-f", "-"],
    `${service("a")}---\n${service("b").replace("name: b", "name: b\n  labels: { tier: gold }")}`,
  );
  assert.equal(JSON.parse((await run(["get", "svc", "a", "-o", "json"])).out).metadata.name, "a");
  const list = JSON.parse((await run(["get", "svc", "-o", "json", "-l", "tier=gold"])).out);
  assert.deepEqual([list.kind, list.items.length, list.items[0].metadata.name], ["List", 1, "b"]);
  const { out: yaml } = await run(["get", "svc", "-o", "yaml"]);
  assert.equal((await run(["apply", "-f", "-"], yaml)).out, "service/a unchanged\nservice/b unchanged\n");
});

test("get -w goes on with changes", async (t) => {
  const { run, url } = await startBench(t);
  await run(["apply", "-f", "-"], service("a"));
  const child = startCommand(["get", "svc", "-w"], { INTRAMESH_REGISTRY: url });
  t.after(() => child.kill("SIGKILL"));
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const next = async (): Promise<string> => (await lines.next()).value ?? "";
  assert.match(await next(), /^NAME +TYPE +CLUSTER-IP +EXTERNAL-IP +PORT\(S\) +AGE$/);
  assert.match(await next(), /^a +ClusterIP +<none> +<none> +9080\/TCP +\d+s$/);
  await run(["apply", "-f", "-"], service("b"));
  assert.match(await next(), /^b +ClusterIP /);
});

test("delete takes names or files, and says what was not there", async (t) => {
  const { run, file } = await startBench(t);
  const path = file("all.yaml", ["a", "b", "c", "d"].map(service).join("---\n"));
  await run(["apply", "-f", path]);
  assert.equal((await run(["delete", "svc", "a", "b"])).out, "service/a deleted\nservice/b deleted\n");
  assert.equal((await run(["delete", "svc/c"])).out, "service/c deleted\n");
  const rest = await run(["delete", "-f", path]);
  assert.deepEqual([rest.code, rest.out], [1, "service/d deleted\n"]);
  assert.match(rest.err, /^Error from server \(NotFound\): services "c" not found$/m);
  assert.deepEqual(await run(["delete", "-f", path, "--ignore-not-found"]), { code: 0, out: "", err: "" });
});

test("one that is not there is not fine", async (t) => {
  const { run } = await startBench(t);
  const { code, err } = await run(["get", "vs", "nope"]);
  assert.deepEqual(
    [code, err],
    [1, 'Error from server (NotFound): virtualservices.networking.istio.io "nope" not found\n'],
  );
});
