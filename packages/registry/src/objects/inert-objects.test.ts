import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestRegistry, take, virtualService } from "../testing/test-registry.ts";

const secrets = "/api/v1/namespaces/default/secrets";
const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "keys" }, stringData: { user: "somebody" } };
const deployment = { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec: { replicas: 2 } };

test("an inert object is kept as it comes, without conditions", async (t) => {
  const { ask } = await startTestRegistry(t);
  const created = await ask("POST", "/apis/apps/v1/namespaces/default/deployments", deployment);
  assert.equal(created.status, 201);
  assert.match(created.headers.get("warning") ?? "", /a Deployment is kept here and starts nothing/);
  assert.deepEqual([created.body.spec, created.body.status], [deployment.spec, undefined]);
});

test("the text of a Secret is put among its data, as Kubernetes does", async (t) => {
  const { ask } = await startTestRegistry(t);
  const { body } = await ask("POST", secrets, secret);
  assert.deepEqual([body.data, body.stringData], [{ user: Buffer.from("somebody").toString("base64") }, undefined]);
});

test("clients of the mesh hear of no inert object, at first and later", async (t) => {
  const { ask, lines } = await startTestRegistry(t);
  await ask("POST", secrets, secret);
  const mesh = await lines("/mesh/v1/watch");
  const opening = await take(mesh, 4);
  assert.deepEqual(
    opening.map(({ type, object }) => object?.kind ?? type),
    ["RESET", "Namespace", "Namespace", "BOOKMARK"],
  );
  await ask("DELETE", `${secrets}/keys`);
  await ask("POST", "/apis/networking.istio.io/v1/namespaces/default/virtualservices", virtualService("a"));
  assert.equal((await take(mesh, 1))[0].object.kind, "VirtualService");
});

test("deleting a namespace deletes the inert objects in it", async (t) => {
  const { ask } = await startTestRegistry(t);
  await ask("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "shop" } });
  await ask("POST", secrets.replace("default", "shop"), secret);
  await ask("DELETE", "/api/v1/namespaces/shop");
  assert.deepEqual((await ask("GET", "/api/v1/secrets")).body.items, []);
});

test("definitions and events can be read and watched, and nothing else", async (t) => {
  const { ask, lines } = await startTestRegistry(t);
  const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const { items } = (await ask("GET", definitions)).body;
  const name = "virtualservices.networking.istio.io";
  assert.ok(items.some(({ metadata }: { metadata: { name: string } }) => metadata.name === name));
  const watch = await lines(`${definitions}?watch=true&sendInitialEvents=true&fieldSelector=metadata.name%3D${name}`);
  const [added, bookmark] = await take(watch, 2);
  assert.deepEqual([added.type, added.object.metadata.name, bookmark.type], ["ADDED", name, "BOOKMARK"]);
  assert.equal((await ask("DELETE", `${definitions}/${name}`)).status, 405);
  const about = encodeURIComponent("involvedObject.name=reviews,involvedObject.uid=1");
  assert.deepEqual((await ask("GET", `/api/v1/events?fieldSelector=${about}`)).body.items, []);
});
