import assert from "node:assert/strict";
import { test } from "node:test";
import type { Resource } from "@intramesh/config";
import type { SourceListener } from "@intramesh/core";
import { mergeSources } from "./merge-sources.ts";
import type { ResourceSource, ResourceState } from "./resource-source.ts";
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

  push(resources: readonly Resource[], stale: boolean = false): void {
    this.#listener!.onUpdate({ resources, revision: "1", description: `${this.name} at 1`, stale });
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
