import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestRegistry, virtualService } from "./testing/test-registry.ts";

const collection = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";
const reviews = `${collection}/reviews`;

test("an object is created, read, replaced and deleted, with the metadata of the registry", async (t) => {
  const { ask } = await startTestRegistry(t);
  const created = await ask("POST", collection, virtualService("reviews", { labels: { a: "b" } }));
  assert.equal(created.status, 201);
  const { uid, resourceVersion, generation, creationTimestamp, namespace } = created.body.metadata;
  assert.match(uid, /^[0-9a-f-]{36}$/);
  assert.deepEqual([resourceVersion, generation, namespace], ["3", 1, "default"]);
  assert.equal(creationTimestamp, "2023-11-14T22:13:20Z");

  const changed = { ...created.body, spec: { ...created.body.spec, hosts: ["reviews.default.svc.cluster.local"] } };
  const replaced = await ask("PUT", reviews, changed);
  assert.equal(replaced.status, 200);
  assert.deepEqual([replaced.body.metadata.resourceVersion, replaced.body.metadata.generation], ["4", 2]);
  assert.equal(replaced.body.metadata.uid, uid);
  assert.deepEqual((await ask("GET", reviews)).body, replaced.body);

  const deleted = await ask("DELETE", reviews);
  assert.deepEqual([deleted.status, deleted.body.status, deleted.body.details.uid], [200, "Success", uid]);
  const gone = await ask("GET", reviews);
  assert.equal(gone.status, 404);
  assert.deepEqual(gone.body, {
    kind: "Status",
    apiVersion: "v1",
    metadata: {},
    status: "Failure",
    message: 'virtualservices.networking.istio.io "reviews" not found',
    reason: "NotFound",
    details: { name: "reviews", group: "networking.istio.io", kind: "virtualservices" },
    code: 404,
  });
});

test("the versions of a kind are names for one object", async (t) => {
  const { ask } = await startTestRegistry(t);
  const alpha = { ...virtualService("reviews"), apiVersion: "networking.istio.io/v1alpha3" };
  const created = await ask("POST", collection.replace("/v1/", "/v1alpha3/"), alpha);
  assert.equal(created.body.apiVersion, "networking.istio.io/v1alpha3");
  assert.equal((await ask("GET", reviews)).body.apiVersion, "networking.istio.io/v1");
  const beta = await ask("GET", collection.replace("/v1/", "/v1beta1/"));
  assert.equal(beta.body.kind, "VirtualServiceList");
  assert.deepEqual(
    beta.body.items.map((item: { apiVersion: string }) => item.apiVersion),
    ["networking.istio.io/v1beta1"],
  );
});

test("a write on top of an older state is a conflict, one that changes nothing is none at all", async (t) => {
  const { ask } = await startTestRegistry(t);
  const { body: first } = await ask("POST", collection, virtualService("reviews"));
  const labelled = { ...first, metadata: { ...first.metadata, labels: { a: "b" } } };
  assert.equal((await ask("PUT", reviews, labelled)).body.metadata.resourceVersion, "4");
  const stale = await ask("PUT", reviews, { ...first, spec: { ...first.spec, hosts: ["other"] } });
  assert.deepEqual([stale.status, stale.body.reason], [409, "Conflict"]);
  assert.match(stale.body.message, /the object has been modified; please apply your changes to the latest version/);
  const again = await ask("PUT", reviews, virtualService("reviews", { labels: { a: "b" } }));
  assert.equal(again.body.metadata.resourceVersion, "4");
  const twice = await ask("POST", collection, virtualService("reviews"));
  assert.deepEqual([twice.status, twice.body.reason], [409, "AlreadyExists"]);
});

test("an object is patched in three ways, and Istio's kinds not in the third", async (t) => {
  const { ask } = await startTestRegistry(t);
  await ask("POST", collection, virtualService("reviews"));
  const patch = (path: string, type: string, body: unknown) =>
    ask("PATCH", path, JSON.stringify(body), { "content-type": `application/${type}+json` });
  const merged = await patch(reviews, "merge-patch", { metadata: { labels: { a: "b" } } });
  assert.deepEqual([merged.status, merged.body.metadata.labels], [200, { a: "b" }]);
  const operations = [{ op: "replace", path: "/spec/hosts/0", value: "ratings" }];
  assert.deepEqual((await patch(reviews, "json-patch", operations)).body.spec.hosts, ["ratings"]);
  const strategic = await patch(reviews, "strategic-merge-patch", {});
  assert.deepEqual([strategic.status, strategic.body.reason], [415, "UnsupportedMediaType"]);
  assert.match(strategic.body.message, /accepted media types include: application\/json-patch\+json/);

  const services = "/api/v1/namespaces/default/services";
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "reviews" },
    spec: { ports: [{ name: "http", port: 9080 }] },
  };
  await ask("POST", services, service);
  const moved = {
    spec: {
      ports: [
        { name: "http", port: 9081 },
        { port: 9080, $patch: "delete" },
      ],
    },
  };
  const answer = await patch(`${services}/reviews`, "strategic-merge-patch", moved);
  assert.deepEqual(answer.body.spec.ports, [{ name: "http", port: 9081 }]);
  const older = await patch(reviews, "merge-patch", { metadata: { resourceVersion: "1" } });
  assert.equal(older.status, 409);
});

test("labels of which the last is taken away are not there any more", async (t) => {
  const { ask } = await startTestRegistry(t);
  await ask("POST", collection, virtualService("a", { labels: { app: "a" }, annotations: {} }));
  const patch = { metadata: { labels: { app: null } } };
  const { body } = await ask("PATCH", `${collection}/a`, patch, { "content-type": "application/merge-patch+json" });
  assert.deepEqual([body.metadata.labels, body.metadata.annotations], [undefined, undefined]);
});

test("lists are narrowed by namespace, labels and fields", async (t) => {
  const { ask } = await startTestRegistry(t);
  await ask("POST", collection, virtualService("a", { labels: { tier: "gold" } }));
  await ask("POST", collection, virtualService("b"));
  await ask("POST", collection.replace("default", "istio-system"), virtualService("a"));
  const names = async (path: string): Promise<string[]> =>
    (await ask("GET", path)).body.items.map(
      ({ metadata }: { metadata: { namespace: string; name: string } }) => `${metadata.namespace}/${metadata.name}`,
    );
  const everywhere = "/apis/networking.istio.io/v1/virtualservices";
  assert.deepEqual(await names(everywhere), ["default/a", "default/b", "istio-system/a"]);
  assert.deepEqual(await names(collection), ["default/a", "default/b"]);
  assert.deepEqual(await names(`${everywhere}?labelSelector=${encodeURIComponent("tier in (gold)")}`), ["default/a"]);
  assert.deepEqual(await names(`${everywhere}?fieldSelector=metadata.name%3Da`), ["default/a", "istio-system/a"]);
  assert.deepEqual(await names(collection.replace("default", "missing")), []);
});

test("a Table has Istio's columns", async (t) => {
  const { ask, clock } = await startTestRegistry(t);
  await ask("POST", collection, virtualService("reviews"));
  clock.advance(200_000);
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
  const { body } = await ask("GET", collection, undefined, { accept });
  assert.equal(body.kind, "Table");
  assert.deepEqual(
    body.columnDefinitions.map(({ name }: { name: string }) => name),
    ["Name", "Gateways", "Hosts", "Age"],
  );
  assert.deepEqual(body.rows[0].cells, ["reviews", "", '["reviews"]', "3m20s"]);
  assert.equal(body.rows[0].object.metadata.name, "reviews");
});

test("a dry run answers as the write would and leaves no trace", async (t) => {
  const { ask } = await startTestRegistry(t);
  const created = await ask("POST", `${collection}?dryRun=All`, virtualService("reviews"));
  assert.deepEqual([created.status, created.body.metadata.name], [201, "reviews"]);
  const list = (await ask("GET", collection)).body;
  assert.deepEqual([list.items, list.metadata.resourceVersion], [[], "2"]);
});

test("an object goes into a namespace that is there only", async (t) => {
  const { ask } = await startTestRegistry(t);
  const there = collection.replace("default", "shop");
  const missing = await ask("POST", there, virtualService("reviews"));
  assert.deepEqual([missing.status, missing.body.message], [404, 'namespaces "shop" not found']);
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } };
  assert.equal((await ask("POST", "/api/v1/namespaces", namespace)).status, 201);
  assert.equal((await ask("POST", there, virtualService("reviews"))).status, 201);
  assert.equal((await ask("DELETE", "/api/v1/namespaces/shop")).status, 200);
  assert.equal((await ask("GET", `${there}/reviews`)).status, 404);
  assert.equal((await ask("DELETE", "/api/v1/namespaces/default")).status, 403);
});

test("every finding about an object is a cause of its own", async (t) => {
  const { ask } = await startTestRegistry(t);
  const body = virtualService("Not A Name", { labels: { a: 1 }, annotations: { b: true } });
  const { status, body: answer } = await ask("POST", collection, body);
  assert.deepEqual([status, answer.reason, answer.details.kind], [422, "Invalid", "VirtualService"]);
  assert.deepEqual(
    answer.details.causes
      .map(({ field }: { field: string }) => field)
      .filter((field: string) => /^metadata/.test(field)),
    ["metadata.name", "metadata.labels[a]", "metadata.annotations[b]"],
  );
  assert.match(answer.message, /^VirtualService\.networking\.istio\.io "Not A Name" is invalid: \[metadata\.name: /);
});

test("unknown fields are refused, or told, or dropped, as the client asks", async (t) => {
  const { ask } = await startTestRegistry(t);
  const body = virtualService("reviews");
  body.spec.bogus = 1;
  body.spec.http[0].timeouts = "1s";
  const post = (query: string): ReturnType<typeof ask> => ask("POST", `${collection}${query}`, body);
  const plain = await post("");
  assert.deepEqual(
    [plain.status, plain.body.details.causes.map(({ field }: { field: string }) => field).sort()],
    [422, ["spec.bogus", "spec.http[0].timeouts"]],
  );
  const strict = await post("?fieldValidation=Strict");
  assert.deepEqual([strict.status, strict.body.reason], [400, "BadRequest"]);
  assert.match(strict.body.message, /strict decoding error: unknown field "spec\.\S+", unknown field "spec\.\S+"$/);
  const warned = await post("?fieldValidation=Warn&dryRun=All");
  assert.equal(warned.status, 201);
  assert.match(warned.headers.get("warning")!, /unknown field \\"spec\.bogus\\"/);
  const ignored = await post("?fieldValidation=Ignore");
  assert.equal(ignored.status, 201);
  assert.deepEqual(ignored.body.spec, virtualService("reviews").spec);
  assert.equal((await post("?fieldValidation=Maybe")).status, 400);
});

test("a host that nothing serves is a warning", async (t) => {
  const { ask, register } = await startTestRegistry(t);
  const unknown = await ask("POST", collection, virtualService("reviews"));
  assert.equal(
    unknown.headers.get("warning"),
    '299 - "IST0101 spec.http[0].route[0].destination.host: host reviews.default.svc.cluster.local ' +
      'is not known to the mesh: requests to it are answered 503 NC"',
  );
  await register("ratings", "ratings-1");
  const known = await ask("POST", collection, virtualService("ratings"));
  assert.deepEqual([known.status, known.headers.get("warning")], [201, null]);
});

test("what cannot be read is refused with the place where it breaks", async (t) => {
  const { ask, url } = await startTestRegistry(t);
  const truncated = JSON.stringify(virtualService("reviews")).slice(0, 60);
  const cut = await ask("POST", collection, truncated);
  assert.deepEqual([cut.status, cut.body.reason], [400, "BadRequest"]);
  assert.match(cut.body.message, /at position 60 \(line 1 column 61\)/);
  const wrong = await ask("POST", collection, '{"a": 1,\n "b": x}');
  assert.match(wrong.body.message, /Unexpected token 'x' at position 15 \(line 2 column 7\)/);
  assert.match((await ask("POST", collection, "[]")).body.message, /the body is a list/);
  assert.match((await ask("POST", collection, "[".repeat(1_000))).body.message, /nests deeper than 100 levels/);
  assert.match((await ask("POST", collection)).body.message, /no body/);
  const other = await ask("POST", collection, { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } });
  assert.match(other.body.message, /kind "Pod"; this path takes kind VirtualService/);
  const plain = await fetch(url + collection, {
    method: "POST",
    body: Buffer.from(JSON.stringify(virtualService("ok"))),
  });
  assert.equal(plain.status, 201);
});

test("a body over three megabytes is refused before it is read", async (t) => {
  const { ask } = await startTestRegistry(t);
  const { status, body } = await ask("POST", collection, `"${"x".repeat(3 * 1024 * 1024)}"`);
  assert.deepEqual([status, body.reason], [413, "RequestEntityTooLarge"]);
  assert.match(body.message, /larger than 3145728 bytes/);
});

test("paths and methods that there are not are a Status, too", async (t) => {
  const { ask } = await startTestRegistry(t);
  for (const path of ["/nope", "/apis/batch/v1", "/apis/networking.istio.io/v1/envoyfilters"]) {
    const { status, body } = await ask("GET", path);
    assert.deepEqual([status, body.kind, body.reason], [404, "Status", "NotFound"], path);
  }
  const { status, body } = await ask("PUT", collection, {});
  assert.deepEqual([status, body.reason], [405, "MethodNotAllowed"]);
});
