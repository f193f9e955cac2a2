import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, seededRandom } from "@intramesh/core";
import { type ReplyBody, startTestRegistry, type TestRegistry, virtualService } from "./testing/test-registry.ts";

const rules = "/apis/networking.istio.io/v1/namespaces/default/virtualservices";
const names = ["a", "b", "c", "d", "e"];
const tiers = ["gold", "lead"];
const writes = 300;

/** One of two people who write without asking each other: conflicts and missing objects are part of it. */
async function writeAtRandom({ ask, register }: TestRegistry, random: Random): Promise<void> {
  const one = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  for (let index = 0; index < writes / 2; index++) {
    const name = one(names);
    const rule = virtualService(name, { labels: { tier: one(tiers) }, annotations: { index: String(index) } });
    const kind = one(["create", "replace", "patch", "delete", "register", "deregister"]);
    // In order: each writer waits for its own answers.
    if (kind === "create") await ask("POST", rules, rule);
    if (kind === "replace") await ask("PUT", `${rules}/${name}`, rule);
    if (kind === "delete") await ask("DELETE", `${rules}/${name}`);
    if (kind === "register") await register("reviews", name, { weight: index });
    if (kind === "deregister") {
      await ask("DELETE", `/mesh/v1/namespaces/default/services/reviews/instances/${name}`);
    }
    if (kind === "patch") {
      const patch = JSON.stringify({ metadata: { labels: { tier: one(tiers) } } });
      await ask("PATCH", `${rules}/${name}`, patch, { "content-type": "application/merge-patch+json" });
    }
  }
}

/** Follows the mesh watch to the last write, giving the connection up at random; returns what it has come to know. */
async function follow({ lines }: TestRegistry, random: Random): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  let revision = 0;
  while (!known.has("VirtualService last")) {
    const events = await lines(`/mesh/v1/watch?since=${revision}`);
    const first = (await events.next()).value;
    assert.equal(first.type, revision === 0 ? "RESET" : "RESUME");
    let isOpening = first.type === "RESET";
    for await (const event of events) {
      if (event.type === "BOOKMARK") {
        isOpening = false;
        assert.ok(event.revision >= revision);
      } else if (!isOpening) {
        assert.equal(event.revision, revision + 1, "every change, once, in order");
      }
      remember(known, event);
      revision = Math.max(revision, event.revision);
      if (!isOpening && (known.has("VirtualService last") || random() < 0.05)) break;
    }
  }
  return known;
}

function remember(known: Map<string, string>, event: ReplyBody): void {
  if (event.type === "PUT") {
    const { kind, metadata } = event.object;
    known.set(`${kind} ${metadata.name}`, metadata.resourceVersion);
  } else if (event.type === "DELETE") known.delete(`${event.kind} ${event.name}`);
}

/** Follows the golden VirtualServices as a Kubernetes informer does. */
async function followGold({ lines }: TestRegistry, done: Promise<unknown>): Promise<Map<string, string>> {
  const known = new Map<string, string>();
  const events = await lines(
    `${rules}?watch=true&resourceVersion=0&labelSelector=tier%3Dgold&allowWatchBookmarks=true`,
  );
  let ended = false;
  void done.then(() => {
    ended = true;
  });
  for await (const { type, object } of events) {
    const { name, resourceVersion, labels } = object.metadata;
    if (name === "last") break;
    assert.equal(
      type === "ADDED",
      type !== "DELETED" && !known.has(name),
      `${type} ${name} after ${[...known.keys()]}`,
    );
    if (type === "DELETED") known.delete(name);
    else {
      assert.equal(labels.tier, "gold");
      known.set(name, resourceVersion);
    }
  }
  assert.ok(ended);
  return known;
}

test("whoever watches knows in the end what is stored, through any sequence of writes", async (t) => {
  const seed = Math.floor(Number(process.env["INTRAMESH_SEED"] ?? Math.random() * 2 ** 32));
  t.diagnostic(`INTRAMESH_SEED=${seed}`);
  const random = seededRandom(seed);
  const registry = await startTestRegistry(t);
  const written = Promise.all([writeAtRandom(registry, random), writeAtRandom(registry, random)]);
  const followed = follow(registry, random);
  const gold = followGold(registry, written);
  await written;
  await registry.ask("POST", rules, virtualService("last", { labels: { tier: "gold" } }));

  const stored = new Map<string, string>();
  const golden = new Map<string, string>();
  for (const path of ["/api/v1/namespaces", rules, rules.replace("virtualservices", "workloadentries")]) {
    const { body } = await registry.ask("GET", path);
    const kind = body.kind.replace(/List$/, "");
    for (const { metadata } of body.items) {
      stored.set(`${kind} ${metadata.name}`, metadata.resourceVersion);
      const isGold = kind === "VirtualService" && metadata.labels?.tier === "gold" && metadata.name !== "last";
      if (isGold) golden.set(metadata.name, metadata.resourceVersion);
    }
  }
  assert.deepEqual(new Map([...(await followed)].sort()), new Map([...stored].sort()));
  assert.deepEqual(new Map([...(await gold)].sort()), new Map([...golden].sort()));
});
