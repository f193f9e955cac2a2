import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegistry } from "@intramesh/registry";
import { FakeClock } from "@intramesh/testing";
import { startMeshBench } from "./testing/mesh-bench.ts";
import { type Run, rule, runCommand } from "./testing/run-command.ts";

test("status shows who is connected and runs what the registry has", async (t) => {
  const { serve, call, settle, run } = await startMeshBench(t);
  const reviews = await serve("reviews", "v1");
  const caller = await call("productpage");
  await settle(reviews, caller);
  const { code, out, err } = await run(["status"]);
  assert.deepEqual([code, err], [0, ""]);
  const rows = out.split("\n").map((line) => line.split(/ {3,}/));
  assert.deepEqual(rows[0], ["NAME", "SERVICE", "NAMESPACE", "VERSION", "REVISION", "STATUS", "ADMIN", "AGE"]);
  const [name, service, namespace, version, revision, status, admin] = rows[1]!;
  assert.deepEqual([name, service, namespace, version], [caller.instance, "productpage", "default", "v1"]);
  assert.deepEqual([status, admin], ["SYNCED", caller.adminUrl]);
  assert.equal(rows[2]![6], "-");
  const json = JSON.parse((await run(["status", "-o", "json"])).out);
  assert.equal(json.revision, Number(revision));
  assert.deepEqual(
    json.clients.map((client: { name: string; status: string; behind: number }) => [
      client.name,
      client.status,
      client.behind,
    ]),
    [
      [caller.instance, "SYNCED", 0],
      [reviews.instance, "SYNCED", 0],
    ],
  );
});

test("status -o wide says which intramesh each process runs, -o json and -o yaml say it too", async (t) => {
  const { status, tell, revision } = await startTold(t);
  await tell("reviews-1", { revision, library: "0.3.1" });
  await tell("reviews-2", { revision });
  const rows = (await status("-o", "wide")).out.split("\n").map((line) => line.split(/ {3,}/));
  assert.deepEqual(
    rows.slice(0, 3).map((row) => row.at(-1)),
    ["INTRAMESH", "0.3.1", "-"],
  );
  const { clients } = JSON.parse((await status("-o", "json")).out);
  assert.deepEqual(
    clients.map((client: { library: string | null }) => client.library),
    ["0.3.1", null],
  );
  const yaml = (await status("-o", "yaml")).out;
  assert.match(yaml, /^ {4}library: 0\.3\.1$/m);
});

test("version counts the processes by what they run, and warns of another minor version than the registry's", async (t) => {
  const { tell, version } = await startTold(t);
  await tell("reviews-1", { revision: 0, library: "0.3.1" });
  await tell("reviews-2", { revision: 0, library: "0.3.1" });
  await tell("reviews-3", { revision: 0 });
  const { code, out, err } = await version();
  assert.equal(code, 0);
  assert.match(out, /^processes: 0\.3\.1 \(2\), unknown \(1\)$/m);
  assert.match(err, /^warning: 2 processes run intramesh 0\.3\.1, the registry is \d/);
  assert.deepEqual(JSON.parse((await version("-o", "json")).out).processes, [
    { version: "0.3.1", count: 2 },
    { version: null, count: 1 },
  ]);
});

test("a process tells the version of its own intramesh", async (t) => {
  const { call, settle, run } = await startMeshBench(t);
  const caller = await call("productpage");
  await settle(caller);
  const { client, processes } = JSON.parse((await run(["version", "-o", "json"])).out);
  // All packages are released together.
  assert.deepEqual(processes, [{ version: client, count: 1 }]);
});

test("status says so where nobody is connected", async (t) => {
  const { run } = await startMeshBench(t);
  const { code, out, err } = await run(["status"]);
  assert.deepEqual([code, out], [0, ""]);
  assert.match(err, /^No process is connected/);
});

interface ToldReport {
  readonly revision: number;
  readonly rejected?: readonly unknown[];
  readonly library?: string;
}

interface Told {
  readonly clock: FakeClock;
  status(...args: readonly string[]): Promise<Run>;
  version(...args: readonly string[]): Promise<Run>;
  tell(id: string, report: ToldReport): Promise<void>;
}

/** A registry whose time the test moves, with one change after `revision`. */
async function startTold(t: Parameters<typeof startMeshBench>[0]): Promise<Told & { readonly revision: number }> {
  const clock = new FakeClock();
  const registry = await createRegistry({ port: 0, data: ":memory:", clock, scheduler: clock });
  t.after(() => registry.close());
  const env = { INTRAMESH_REGISTRY: registry.url };
  const told: Told = {
    clock,
    status: (...args) => runCommand(["status", ...args], { env }),
    version: (...args) => runCommand(["version", ...args], { env }),
    async tell(id, report) {
      const body = JSON.stringify({ service: "reviews", namespace: "default", rejected: [], ...report });
      await fetch(`${registry.url}/mesh/v1/clients/${id}`, { method: "PUT", body });
    },
  };
  const { revision } = JSON.parse((await told.status("-o", "json")).out);
  await runCommand(["apply", "-f", "-"], { env, stdin: rule("reviews") });
  return { ...told, revision };
}

test("who has been behind for a moment is fine, who has been for long is not", async (t) => {
  const { clock, status, tell, revision } = await startTold(t);
  await tell("reviews-1", { revision });
  clock.advance(1_000);
  const early = await status();
  assert.match(early.out, /^reviews-1 .* STALE behind by 1 for 1s /m);
  assert.equal(early.code, 0);
  clock.advance(29_000);
  await tell("reviews-1", { revision });
  const late = await status();
  assert.match(late.out, /^reviews-1 .* STALE behind by 1 for 30s /m);
  assert.equal(late.code, 1);
});

test("who refused something is not fine; the table has the beginning of the reason, the rest is below", async (t) => {
  const { status, tell, revision } = await startTold(t);
  const reason = `VirtualService default/reviews is refused, its last good version stays in force: ${"x".repeat(40)}`;
  await tell("reviews-1", { revision: revision + 1, rejected: [reason, { code: 7 }] });
  const { code, out } = await status();
  assert.equal(code, 1);
  assert.match(out, /^reviews-1 .* REJECTED VirtualService default\/reviews is refused, its last good ver… /m);
  assert.ok(out.endsWith(`\nreviews-1 refused\n  ${reason}\n  {"code":7}\n`));
  const [client] = JSON.parse((await status("-o", "json")).out).clients;
  assert.deepEqual([client.status, client.rejected], ["REJECTED", [reason, '{"code":7}']]);
});

test("what has no revision of the registry's is not known to be stale, what is of another history is", async (t) => {
  const { status, tell, revision } = await startTold(t);
  await tell("reviews-1", { revision: 0 });
  await tell("reviews-2", { revision: revision + 3 });
  const { code, out } = await status();
  assert.equal(code, 0);
  assert.match(out, /^reviews-1 .* - +UNKNOWN /m);
  assert.match(out, /^reviews-2 .* STALE ahead by 2 /m);
});
