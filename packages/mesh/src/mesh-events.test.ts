import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { createEmitter } from "./mesh-events.ts";

describe("events", () => {
  it("reach listeners until they end, and the diagnostics channel of their name", () => {
    const emitter = createEmitter();
    const heard: unknown[] = [];
    const published: unknown[] = [];
    const onMessage = (message: unknown): number => published.push(message);
    subscribe("intramesh:registered", onMessage);
    const end = emitter.on("registered", (event) => heard.push(event));
    emitter.emit("registered", { instance: "a" });
    end();
    unsubscribe("intramesh:registered", onMessage);
    emitter.emit("registered", { instance: "b" });
    assert.deepEqual([heard, published], [[{ instance: "a" }], [{ instance: "a" }]]);
  });

  it("are all described in docs/reference/events.md, and no other", () => {
    const source = readFileSync(new URL("./mesh-events.ts", import.meta.url), "utf8");
    const page = readFileSync(new URL("../../../docs/reference/events.md", import.meta.url), "utf8");
    const declared = [...source.matchAll(/^ {2}readonly (\w+):/gm)].map(([, name]) => name).sort();
    const described = [...page.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name).sort();
    assert.deepEqual(described, declared);
  });
});
