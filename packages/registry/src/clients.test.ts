import assert from "node:assert/strict";
import { test } from "node:test";
import { startTestRegistry, virtualService } from "./testing/test-registry.ts";

const collection = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";
const report = { service: "reviews", namespace: "default", rejected: [] };

test("clients are listed with the registry's revision, and for how long they have been behind it", async (t) => {
  const { ask, clock } = await startTestRegistry(t);
  const list = async (): Promise<{ revision: number; items: { behindMs?: number }[] }> =>
    (await ask("GET", "/mesh/v1/clients")).body;
  const { revision } = await list();
  const tell = (): Promise<unknown> => ask("PUT", "/mesh/v1/clients/reviews-1", { ...report, revision });
  await tell();
  assert.equal((await list()).items[0]!.behindMs, undefined);
  await ask("POST", collection, virtualService("a"));
  clock.advance(2_000);
  await ask("POST", collection, virtualService("b"));
  clock.advance(1_000);
  await tell();
  const behind = await list();
  assert.deepEqual([behind.revision - revision, behind.items[0]!.behindMs], [2, 3_000]);
});

test("a client that runs what was there before the registry started is behind since then", async (t) => {
  const { ask, clock } = await startTestRegistry(t);
  await ask("PUT", "/mesh/v1/clients/reviews-1", { ...report, revision: 1 });
  clock.advance(5_000);
  assert.equal((await ask("GET", "/mesh/v1/clients")).body.items[0].behindMs, 5_000);
});
