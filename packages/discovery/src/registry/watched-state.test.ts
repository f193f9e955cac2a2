import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@intramesh/core";
import type { WatchEvent } from "../registry-protocol.ts";
import { applyChanges, byKey } from "../testing/apply-changes.ts";
import { refused, shownTimeouts, virtualService } from "../testing/resources.ts";
import { type Position, WatchedState } from "./watched-state.ts";

const epoch = "one";

/** A registry's history, as the real one streams it. */
class History {
  readonly changes: WatchEvent[] = [];
  /** Sorted `name=timeout` of everything, after each revision. */
  readonly states: (readonly string[])[] = [[]];
  readonly #now = new Map<string, WatchEvent>();

  get revision(): number {
    return this.changes.length;
  }

  put(name: string, timeout: string): void {
    const event: WatchEvent = { type: "PUT", revision: this.revision + 1, object: virtualService(name, timeout) };
    this.#now.set(name, event);
    this.#append(event);
  }

  delete(name: string): void {
    if (!this.#now.delete(name)) return;
    this.#append({ type: "DELETE", revision: this.revision + 1, kind: "VirtualService", namespace: "default", name });
  }

  /** What a stream from `position` brings up to now. */
  stream(position: Position, bookmarkEvery: number): readonly WatchEvent[] {
    const { revision } = this;
    if (position.epoch !== epoch) {
      return [{ type: "RESET", epoch }, ...this.#now.values(), { type: "BOOKMARK", revision }];
    }
    const missed = this.changes.slice(position.revision);
    const events: WatchEvent[] = [{ type: "RESUME", epoch }];
    for (const [at, event] of missed.entries()) {
      events.push(event);
      if (at % bookmarkEvery === bookmarkEvery - 1)
        events.push({ type: "BOOKMARK", revision: position.revision + at + 1 });
    }
    return [...events, { type: "BOOKMARK", revision }];
  }

  #append(event: WatchEvent): void {
    this.changes.push(event);
    this.states.push([...this.#now.values()].map(shown).sort());
  }
}

function shown(event: WatchEvent): string {
  return event.type === "PUT" ? shownTimeouts([event.object])[0]! : "";
}

test("streams that break anywhere never show a state that was none, and never go back", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const draw = (below: number): number => Math.floor(random() * below);
    const history = new History();
    const state = new WatchedState((message) => assert.fail(message));
    let latest = 0;
    for (let round = 0; round < 30; round++) {
      for (let changes = draw(6); changes > 0; changes--) {
        const name = `n${draw(5)}`;
        if (random() < 0.3) history.delete(name);
        else history.put(name, `${1 + draw(9)}s`);
      }
      state.beginStream();
      const events = history.stream(state.position, 1 + draw(4));
      const cutAt = round === 29 ? events.length : draw(events.length + 1);
      for (const event of events.slice(0, cutAt)) {
        state.apply(event);
        if (!state.isWhole) continue;
        const context = `seed ${seed}, round ${round}, revision ${state.revision}`;
        assert.deepEqual([...shownTimeouts(state.resources)].sort(), history.states[state.revision], context);
        assert.ok(state.revision >= latest, context);
        latest = state.revision;
      }
    }
    assert.equal(state.revision, history.revision);
  }
});

test("the changes make the resources before into those now, and there are none where nothing changed", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const random = seededRandom(seed);
    const state = new WatchedState((message) => assert.fail(message));
    let before = state.resources;
    state.takeChanges();
    for (let revision = 1; revision <= 60; revision++) {
      const name = `n${Math.floor(random() * 3)}`;
      const object = virtualService(name, `${1 + Math.floor(random() * 2)}s`);
      state.beginStream();
      const [opening, epochName]: ["RESET" | "RESUME", string] =
        random() < 0.3 || revision === 1 ? ["RESET", `e${revision}`] : ["RESUME", state.position.epoch!];
      state.apply({ type: opening, epoch: epochName });
      if (opening === "RESET")
        for (const known of before) state.apply({ type: "PUT", revision, object: structuredClone(known) });
      state.apply({ type: "PUT", revision, object });
      if (random() < 0.3) {
        const gone = `n${Math.floor(random() * 3)}`;
        state.apply({ type: "DELETE", revision, kind: "VirtualService", namespace: "default", name: gone });
      }
      state.apply({ type: "BOOKMARK", revision });
      const after = state.resources;
      const same = after.length === before.length && after.every((resource) => before.includes(resource));
      const changes = state.takeChanges();
      if (changes === undefined) assert.ok(same, `seed ${seed}, revision ${revision}`);
      assert.deepEqual(applyChanges(byKey(before), changes ?? { put: [], deleted: [] }), byKey(after));
      before = after;
    }
  }
});

test("an event before RESET or RESUME is refused", () => {
  const state = new WatchedState(assert.fail);
  assert.throws(() => state.apply({ type: "BOOKMARK", revision: 1 }), /begins with neither RESET nor RESUME/);
});

test("an object that was refused and then deleted is told again when it comes back", () => {
  const told: string[] = [];
  const state = new WatchedState((message) => told.push(message));
  const object = refused(virtualService("a"));
  state.beginStream();
  state.apply({ type: "RESET", epoch });
  state.apply({ type: "BOOKMARK", revision: 1 });
  state.apply({ type: "PUT", revision: 2, object });
  state.apply({ type: "PUT", revision: 3, object });
  state.apply({ type: "DELETE", revision: 4, kind: "VirtualService", namespace: "default", name: "a" });
  state.apply({ type: "PUT", revision: 5, object });
  assert.equal(told.length, 2);
});

const impostors = [
  null,
  5,
  "text",
  [],
  {},
  { kind: "VirtualService" },
  { apiVersion: "v1", kind: "Service", metadata: { name: 5 } },
];

for (const object of impostors) {
  test(`${JSON.stringify(object)} in the place of an object is refused by name, and harms nothing`, () => {
    const told: string[] = [];
    const state = new WatchedState((message) => told.push(message));
    state.beginStream();
    state.apply({ type: "RESET", epoch });
    state.apply({ type: "PUT", revision: 1, object: object as never });
    state.apply({ type: "PUT", revision: 2, object: virtualService("a") });
    state.apply({ type: "BOOKMARK", revision: 2 });
    assert.deepEqual(shownTimeouts(state.resources), ["a=1s"]);
    assert.equal(told.length, 1);
    assert.match(told[0]!, /is refused, it is left out: .*expected is/);
  });
}
