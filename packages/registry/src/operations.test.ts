import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createRegistry } from "./create-registry.ts";
import { startTestRegistry, virtualService } from "./testing/test-registry.ts";

const rules = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";

test("health, readiness and version answer", async (t) => {
  const { ask } = await startTestRegistry(t);
  for (const path of ["/healthz", "/livez", "/readyz"]) assert.equal((await ask("GET", path)).body, "ok");
  assert.match((await ask("GET", "/version")).body.gitVersion, /^v1\.\d+\.0\+intramesh\./);
});

test("metrics count what there is and what was answered", async (t) => {
  const { ask, register } = await startTestRegistry(t);
  await register("reviews", "r1");
  await ask("GET", "/nope");
  const { body, headers } = await ask("GET", "/metrics");
  assert.match(headers.get("content-type")!, /^text\/plain; version=0\.0\.4/);
  for (const line of [
    "intramesh_registry_revision 3",
    'intramesh_registry_resources{kind="WorkloadEntry"} 1',
    "intramesh_registry_instances 1",
    "intramesh_registry_watchers 0",
    'intramesh_registry_requests_total{code="201"} 1',
    'intramesh_registry_requests_total{code="404"} 1',
  ]) {
    assert.ok(body.split("\n").includes(line), line);
  }
});

test("metrics tell registrations, renewals, departures and evictions apart", async (t) => {
  const { ask, register, clock } = await startTestRegistry(t);
  const value = async (metric: string): Promise<number> => {
    const { body } = await ask("GET", "/metrics");
    const line = (body as string).split("\n").find((each) => each.startsWith(`intramesh_registry_${metric} `));
    return Number(line?.split(" ")[1]);
  };
  await register("reviews", "r1");
  await register("reviews", "r1");
  await register("ratings", "s1");
  await ask("DELETE", "/mesh/v1/namespaces/default/services/ratings/instances/s1");
  clock.advance(31_000);
  const events = ["registered", "renewed", "left", "evicted"].map((event) =>
    value(`instance_events_total{event="${event}"}`),
  );
  assert.deepEqual(await Promise.all(events), [2, 1, 1, 1]);
  const written = await value("revision");
  assert.equal(await value("changes_total"), written);
  assert.equal(await value("commit_failures_total"), 0);
  assert.equal(await value("ready"), 1);
  const commits = await value("commit_duration_seconds_count");
  assert.equal(await value('commit_duration_seconds_bucket{le="0.0001"}'), commits);
  assert.ok(commits > 0 && commits <= written);
});

test("metrics count clients that are behind, and those that refuse something", async (t) => {
  const { ask, register } = await startTestRegistry(t);
  await register("reviews", "r1");
  const revision = Number(/^intramesh_registry_revision (\d+)$/m.exec((await ask("GET", "/metrics")).body)![1]);
  const report = { service: "reviews", namespace: "default", revision, rejected: [] };
  await ask("PUT", "/mesh/v1/clients/r1", report);
  await ask("PUT", "/mesh/v1/clients/r2", { ...report, revision: 1 });
  await ask("PUT", "/mesh/v1/clients/r3", { ...report, rejected: ["VirtualService default/x: no"] });
  const { body } = await ask("GET", "/metrics");
  for (const [metric, value] of [
    ["clients", 3],
    ["clients_behind", 1],
    ["clients_refusing", 1],
  ])
    assert.match(body, new RegExp(`^intramesh_registry_${metric} ${value}$`, "m"));
});

test("Prometheus finds an instance's metrics at its metrics port, else where it speaks HTTP", async (t) => {
  const { ask, register } = await startTestRegistry(t);
  await register("reviews", "r1", { ports: { http: 9080, metrics: 15090 }, labels: { version: "v2" } });
  await register("ratings", "s1", { address: "fd00::1" });
  await register("mongo", "m1", { ports: { tcp: 27017 } });
  const { body } = await ask("GET", "/mesh/v1/prometheus");
  assert.deepEqual(body, [
    {
      targets: ["10.0.0.1:15090"],
      labels: { service: "reviews", namespace: "default", version: "v2", id: "r1", locality: "" },
    },
    {
      targets: ["[fd00::1]:9080"],
      labels: { service: "ratings", namespace: "default", version: "", id: "s1", locality: "" },
    },
  ]);
});

test("a client's report is listed for a minute", async (t) => {
  const { ask, clock } = await startTestRegistry(t);
  const report = { service: "reviews", namespace: "default", revision: 7, rejected: [{ resource: "x", message: "y" }] };
  assert.equal((await ask("PUT", "/mesh/v1/clients/reviews-1", report)).status, 204);
  clock.advance(60_000);
  assert.deepEqual((await ask("GET", "/mesh/v1/clients")).body.items, [{ id: "reviews-1", ...report, ageMs: 60_000 }]);
  clock.advance(1);
  assert.deepEqual((await ask("GET", "/mesh/v1/clients")).body.items, []);
  const wrong = await ask("PUT", "/mesh/v1/clients/x", { service: "", revision: "7" });
  assert.deepEqual(
    wrong.body.details.causes.map(({ field }: { field: string }) => field),
    ["service", "namespace", "revision"],
  );
});

test("a connection that never sends a request does not hold up the end", async (t) => {
  const { url, ask, close } = await startTestRegistry(t);
  const { hostname, port } = new URL(url);
  const silent = connect(Number(port), hostname);
  t.after(() => silent.destroy());
  const closed = once(silent, "close");
  await once(silent, "connect");
  await ask("GET", "/healthz");
  await close();
  await closed;
});

test("with a token, reading is free and writing is not", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-token-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "secret\n");
  const { ask } = await startTestRegistry(t, { tokenFile });
  const write = (headers = {}): ReturnType<typeof ask> => ask("POST", rules, virtualService("a"), headers);
  const refused = await write();
  assert.deepEqual([refused.status, refused.body.reason], [401, "Unauthorized"]);
  assert.equal(refused.headers.get("www-authenticate"), 'Bearer realm="intramesh"');
  assert.equal((await write({ authorization: "Bearer wrong" })).status, 401);
  assert.equal((await ask("GET", rules)).status, 200);
  assert.equal((await write({ authorization: "Bearer secret" })).status, 201);
});

test("with a token, Secrets are not for everybody to read, whatever their path is spelt like", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-token-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const tokenFile = join(folder, "token");
  writeFileSync(tokenFile, "secret\n");
  const { ask } = await startTestRegistry(t, { tokenFile });
  const authorization = "Bearer secret";
  for (const path of [
    "/api/v1/secrets",
    "/api/v1/namespaces/default/secrets",
    "/api/v1/namespaces/default/%73ecrets",
  ]) {
    assert.equal((await ask("GET", path)).status, 401, path);
    assert.equal((await ask("GET", `${path}?watch=true&resourceVersion=9999`)).status, 401, path);
    assert.equal((await ask("GET", path, undefined, { authorization })).status, 200, path);
  }
  assert.equal((await ask("GET", "/api/v1/namespaces/default/secrets/a")).status, 401);
  assert.equal((await ask("GET", "/api/v1/configmaps")).status, 200);
});

test("a registry for other machines does not start without a token", async () => {
  await assert.rejects(createRegistry({ host: "0.0.0.0", port: 0, data: ":memory:" }), /give --token-file FILE/);
  const missing = createRegistry({ port: 0, data: ":memory:", tokenFile: "/nonexistent/token" });
  await assert.rejects(missing, /--token-file \/nonexistent\/token cannot be read/);
});

test("a web page of another origin cannot write", async (t) => {
  const { ask, url } = await startTestRegistry(t);
  const from = async (origin: string): Promise<number> =>
    (await ask("POST", rules, virtualService("a"), { origin })).status;
  assert.equal(await from("http://evil.example"), 403);
  assert.equal(await from(url), 201);
});
