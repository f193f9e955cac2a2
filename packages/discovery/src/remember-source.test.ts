import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { SourceListener } from "@intramesh/core";
import { FakeClock } from "@intramesh/testing";
import type { LastKnownGood } from "./last-known-good.ts";
import { rememberSource } from "./remember-source.ts";
import type { ResourceSource, ResourceState } from "./resource-source.ts";
import { RecordingListener } from "./testing/recording-listener.ts";
import { refused, shownTimeouts, virtualService } from "./testing/resources.ts";

function stateOf(timeout: string): ResourceState {
  return { resources: [virtualService("a", timeout)], revision: timeout, description: timeout, stale: false };
}

/** A source that a test speaks for, over a memory that holds `kept`. */
function start(kept: ResourceState | undefined) {
  const clock = new FakeClock();
  const saved: string[] = [];
  const log: string[] = [];
  const memory: LastKnownGood = {
    path: "/memory",
    subscriptions: async () => [],
    load: async () => (kept === undefined ? undefined : { state: kept, savedAt: 0 }),
    save: async ({ revision }) => void saved.push(revision),
  };
  let speaker: SourceListener<ResourceState> | undefined;
  const inner: ResourceSource = {
    name: "consul",
    start(listener) {
      speaker = listener;
    },
    close: async () => undefined,
  };
  const source = rememberSource(inner, { memory, clock, scheduler: clock, log: (message) => void log.push(message) });
  const listener = new RecordingListener();
  source.start(listener);
  return { clock, saved, log, source, listener, speaker: speaker! };
}

describe("rememberSource", () => {
  it("passes on what the source says, and keeps it", async () => {
    const { speaker, listener, source, saved, clock } = start(stateOf("9s"));
    speaker.onUpdate(stateOf("1s"));
    assert.equal((await listener.updates.next()).revision, "1s");
    await source.close();
    assert.deepEqual(saved, ["1s"]);
    clock.advance(10_000);
    assert.equal(listener.updates.untaken, 0);
  });

  it("starts with what is remembered after a second of silence, and goes on with what the source says", async () => {
    const kept = stateOf("9s");
    const { clock, listener, speaker, log } = start({
      ...kept,
      resources: [...kept.resources, refused(virtualService("b"))],
    });
    clock.advance(999);
    assert.equal(listener.updates.untaken, 0);
    clock.advance(1);
    const remembered = await listener.updates.next();
    assert.deepEqual(shownTimeouts(remembered.resources), ["a=9s"]);
    assert.equal(remembered.stale, true);
    assert.match(log.join(), /consul does not answer; starting with what it last said, from \/memory/);
    speaker.onUpdate(stateOf("1s"));
    assert.equal((await listener.updates.next()).stale, false);
  });

  it("does so at once where the source says that it is away", async () => {
    const { listener, speaker } = start(stateOf("9s"));
    speaker.onError(new Error("no leader"));
    assert.equal((await listener.errors.next()).message, "no leader");
    assert.equal((await listener.updates.next()).stale, true);
  });

  it("waits for the source where nothing is remembered", async () => {
    const { clock, listener, speaker } = start(undefined);
    clock.advance(5_000);
    speaker.onUpdate(stateOf("1s"));
    assert.equal((await listener.updates.next()).revision, "1s");
    assert.equal(listener.updates.untaken, 0);
  });
});
