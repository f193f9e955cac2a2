import assert from "node:assert/strict";
import { test } from "node:test";
import type { Resource, ResourceChanges } from "@intramesh/config";
import { type SourceListener, seededRandom } from "@intramesh/core";
import { mergeSources } from "./merge-sources.ts";
import { compareResources } from "./resource-change-log.ts";
import type { ResourceSource, ResourceState } from "./resource-source.ts";
import { applyChanges, byKey } from "./testing/apply-changes.ts";
import { RecordingListener } from "./testing/recording-listener.ts";
import { shownTimeouts, virtualService } from "./testing/resources.ts";

/** A source that says what a test tells it to. */
class PushedSource implements ResourceSource {
  readonly name: string;
  closed = false;
  #listener: SourceListener<ResourceState> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  start(listener: SourceListener<ResourceState>): void {
    this.#listener = listener;
  }

  push(resources: readonly Resource[], stale: boolean = false, changes?: ResourceChanges): void {
    this.#listener!.onUpdate({ resources, changes, revision: "1", description: `${this.name} at 1`, stale });
  }

  fail(message: string): void {
    this.#listener!.onError(new Error(message));
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

test("the first state waits for every source, and the earlier one wins", async () => {
  const [near, far] = [new PushedSource("near"), new PushedSource("far")];
  const listener = new RecordingListener();
  mergeSources([near, far]).start(listener);
  near.push([virtualService("a", "1s")]);
  assert.equal(listener.updates.untaken, 0);
  far.push([virtualService("a", "9s"), virtualService("b", "9s")]);
  const state = await listener.updates.next();
  assert.deepEqual(shownTimeouts(state.resources), ["a=1s", "b=9s"]);
  assert.equal(state.revision, "1+1");
  assert.equal(state.description, "near at 1, far at 1");
});

test("names of different namespaces and kinds do not meet; a missing namespace is default", async () => {
  const [near, far] = [new PushedSource("near"), new PushedSource("far")];
  const listener = new RecordingListener();
  mergeSources([near, far]).start(listener);
  const { namespace: _, ...metadata } = virtualService("a").metadata;
  near.push([virtualService("a", "1s", "elsewhere"), { ...virtualService("a", "2s"), metadata }]);
  far.push([virtualService("a", "3s"), { ...virtualService("a", "4s"), kind: "DestinationRule" }]);
  assert.deepEqual(shownTimeouts((await listener.updates.next()).resources), ["a=1s", "a=2s", "a=4s"]);
});

test("one stale source makes the whole stale", async () => {
  const [near, far] = [new PushedSource("near"), new PushedSource("far")];
  const listener = new RecordingListener();
  mergeSources([near, far]).start(listener);
  near.push([]);
  far.push([], true);
  assert.equal((await listener.updates.next()).stale, true);
});

test("errors of every source are heard, and every source is closed", async () => {
  const [near, far] = [new PushedSource("near"), new PushedSource("far")];
  const listener = new RecordingListener();
  const merged = mergeSources([near, far]);
  merged.start(listener);
  far.fail("gone");
  assert.equal((await listener.errors.next()).message, "gone");
  await merged.close();
  assert.deepEqual([near.closed, far.closed], [true, true]);
});

test("steps of any source make the merged state before into the one now", async () => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededRandom(seed);
    const sources = [new PushedSource("near"), new PushedSource("far")];
    const parts: Resource[][] = [[], []];
    const listener = new RecordingListener();
    mergeSources(sources).start(listener);
    for (const source of sources) source.push([]);
    let before = byKey((await listener.updates.next()).resources);
    for (let round = 1; round <= 20; round++) {
      const at = random() < 0.5 ? 0 : 1;
      const was = byKey(parts[at]!);
      const names = ["a", "b", "c"].filter(() => random() < 0.6);
      parts[at] = names.map((name) =>
        random() < 0.5 ? (was.get(`VirtualService/default/${name}`) ?? virtualService(name)) : virtualService(name),
      );
      const step = compareResources(was, byKey(parts[at])) ?? { put: [], deleted: [] };
      sources[at]!.push(parts[at], false, random() < 0.7 ? step : undefined);
      const state = await listener.updates.next();
      const expected = new Map([...byKey(parts[1]!), ...byKey(parts[0]!)]);
      assert.deepEqual(byKey(state.resources), expected, `seed ${seed}, round ${round}`);
      assert.deepEqual(applyChanges(before, state.changes!), expected, `seed ${seed}, round ${round}`);
      before = expected;
    }
  }
});
