import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegistry } from "./create-registry.ts";
import { inMemory } from "./options.ts";
import { startTestRegistry } from "./testing/test-registry.ts";

const mesh = { outboundTrafficPolicy: { mode: "REGISTRY_ONLY" }, rootNamespace: "mesh-root" };

test("the MeshConfig of a registry is the first thing that a watch hears, and is shown", async (t) => {
  const { ask, lines } = await startTestRegistry(t, { mesh });
  assert.deepEqual((await ask("GET", "/mesh/v1/settings")).body, mesh);
  const whole = await (await lines("/mesh/v1/watch?since=0")).next();
  assert.deepEqual([whole.value.type, whole.value.mesh], ["RESET", mesh]);
  const resumed = await (await lines("/mesh/v1/watch?since=2")).next();
  assert.deepEqual([resumed.value.type, resumed.value.mesh], ["RESUME", mesh]);
});

test("a registry without a MeshConfig says nothing of one", async (t) => {
  const { ask, lines } = await startTestRegistry(t);
  assert.deepEqual((await ask("GET", "/mesh/v1/settings")).body, {});
  const whole = await (await lines("/mesh/v1/watch?since=0")).next();
  assert.ok(!("mesh" in whole.value));
});

test("a MeshConfig with wrong values keeps a registry from starting, and all of them are named", async () => {
  const wrong = { rootNamespace: "a.b", connectTimeout: "0s" };
  await assert.rejects(createRegistry({ port: 0, data: inMemory, mesh: wrong }), /rootNamespace: .*; connectTimeout: /);
});
