import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestRegistry } from "./testing/test-registry.ts";

const entries = "/apis/networking.istio.io/v1/namespaces/default/workloadentries";
const reviews = "/mesh/v1/namespaces/default/services/reviews/instances";

test("an instance shows as a WorkloadEntry", async (t) => {
  const { register, ask } = await startTestRegistry(t);
  const answer = await register("reviews", "r1", {
    labels: { version: "v2" },
    locality: "eu/eu-1/a",
    weight: 5,
    serviceAccount: "bookinfo-reviews",
    servicePorts: { http: 80 },
    session: "s1",
  });
  assert.equal(answer.status, 201);
  assert.deepEqual(answer.body, { ttlSeconds: 30, renewSeconds: 10, revision: 3 });
  const { body } = await ask("GET", `${entries}/r1`);
  assert.deepEqual(body.metadata.labels, { app: "reviews", version: "v2" });
  assert.equal(body.metadata.annotations["intramesh.io/service"], "reviews");
  assert.equal(body.metadata.annotations["intramesh.io/service-ports"], '{"http":80}');
  assert.deepEqual(body.spec, {
    address: "10.0.0.1",
    ports: { http: 9080 },
    labels: { app: "reviews", version: "v2" },
    locality: "eu/eu-1/a",
    weight: 5,
    serviceAccount: "bookinfo-reviews",
  });
});

test("a renewal costs no revision, a change does", async (t) => {
  const { register } = await startTestRegistry(t);
  await register("reviews", "r1");
  const renewed = await register("reviews", "r1");
  assert.deepEqual([renewed.status, renewed.body.revision], [200, 3]);
  const otherOrder = await register("reviews", "r1", { ttlSeconds: 30 });
  assert.equal(otherOrder.body.revision, 3);
  const changed = await register("reviews", "r1", { labels: { version: "v2" } });
  assert.deepEqual([changed.status, changed.body.revision], [200, 4]);
});

test("a lease that is not renewed ends within a second of its time", async (t) => {
  const { register, ask, clock } = await startTestRegistry(t);
  await register("reviews", "r1", { ttlSeconds: 10 });
  clock.advance(9_500);
  assert.equal((await ask("GET", `${reviews}/r1`)).body.remainingMs, 500);
  clock.advance(1_500);
  const gone = await ask("GET", `${reviews}/r1`);
  assert.deepEqual([gone.status, gone.body.reason], [404, "NotFound"]);
  assert.equal((await ask("GET", `${entries}/r1`)).status, 404);
});

test("when most stop renewing at once they are kept", async (t) => {
  const { register, ask, clock } = await startTestRegistry(t);
  for (let index = 0; index < 10; index++) await register("reviews", `r${index}`);
  clock.advance(120_000);
  assert.equal((await ask("GET", reviews)).body.items.length, 10);
  assert.match((await ask("GET", "/metrics")).body, /^intramesh_registry_instances_preserved 10$/m);
});

test("the newer process has the instance, the older is told", async (t) => {
  const { register, ask } = await startTestRegistry(t);
  await register("reviews", "r1", { session: "old" });
  assert.equal((await register("reviews", "r1", { session: "new", address: "10.0.0.2" })).status, 200);
  const late = await register("reviews", "r1", { session: "old" });
  assert.deepEqual([late.status, late.body.reason], [409, "Conflict"]);
  assert.match(late.body.message, /"r1" of service "reviews" .* was taken over by a newer process/);
  assert.equal((await ask("DELETE", `${reviews}/r1?session=old`)).status, 409);
  assert.equal((await ask("GET", `${reviews}/r1`)).body.address, "10.0.0.2");
  assert.equal((await ask("DELETE", `${reviews}/r1?session=new`)).status, 200);
  assert.equal((await ask("GET", `${reviews}/r1`)).status, 404);
});

test("two services may use the same instance id", async (t) => {
  const { register, ask } = await startTestRegistry(t);
  await register("reviews", "one");
  await register("ratings", "one", { ports: { http: 9081 } });
  assert.deepEqual((await ask("GET", `${reviews}/one`)).body.ports, { http: 9080 });
  assert.deepEqual((await ask("GET", `${reviews.replace("reviews", "ratings")}/one`)).body.ports, { http: 9081 });
  assert.equal((await ask("GET", `${entries}/ratings.one`)).status, 200);
  assert.equal((await register("ratings", "one", { ports: { http: 9081 } })).body.revision, 4);
  assert.equal((await ask("GET", "/mesh/v1/instances")).body.items.length, 2);
});

test("names, address, ports and the rest are checked, all of them", async (t) => {
  const { ask } = await startTestRegistry(t);
  const path = "/mesh/v1/namespaces/default/services/Re_views/instances/r1";
  const body = { ports: { http: 0, HTTP: 80 }, labels: { version: 1 }, ttlSeconds: "x", bogus: true };
  const { status, body: answer } = await ask("PUT", path, body);
  assert.deepEqual([status, answer.reason], [422, "Invalid"]);
  assert.deepEqual(answer.details.causes.map(({ field }: { field: string }) => field).sort(), [
    "address",
    "bogus",
    "labels.version",
    "ports.HTTP",
    "ports.http",
    "service",
    "ttlSeconds",
  ]);
  assert.match(answer.message, /service: Invalid value: "Re_views": must be a DNS label/);
});

test("a namespace begins with its first instance", async (t) => {
  const { ask } = await startTestRegistry(t);
  const body = { address: "10.0.0.1", ports: { http: 1 } };
  await ask("PUT", "/mesh/v1/namespaces/shop/services/cart/instances/c1", body);
  assert.equal((await ask("GET", "/api/v1/namespaces/shop")).status, 200);
});

test("an instance whose WorkloadEntry was deleted comes back with its next renewal", async (t) => {
  const { register, ask } = await startTestRegistry(t);
  await register("reviews", "r1");
  await ask("DELETE", `${entries}/r1`);
  assert.equal((await ask("GET", `${reviews}/r1`)).status, 404);
  assert.equal((await register("reviews", "r1")).status, 201);
});
