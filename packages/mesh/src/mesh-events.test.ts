import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
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

  it("are all described in docs/reference/events.md with what they say, and no other", () => {
    const source = readFileSync(new URL("./mesh-events.ts", import.meta.url), "utf8");
    const page = readFileSync(new URL("../../../docs/reference/events.md", import.meta.url), "utf8");
    const declared = [...source.matchAll(/^ {2}readonly (\w+): (\{[^}]*\});/gm)].map(
      ([, name, type]) => [name, [...type!.matchAll(/readonly (\w+):/g)].map(([, field]) => field)] as const,
    );
    const described = [...page.matchAll(/^\| `(\w+)` \| `\{ (.*?) \}`/gm)].map(
      ([, name, fields]) => [name, fields!.split(", ")] as const,
    );
    assert.deepEqual(Object.fromEntries(described), Object.fromEntries(declared));
    assert.equal(declared.length, source.match(/^ {2}readonly \w+:/gm)!.length);
    assert.match(page, /`intramesh:NAME`/);
  });

  it("are all told by the mesh", () => {
    const declaration = readFileSync(new URL("./mesh-events.ts", import.meta.url), "utf8");
    const names = [...declaration.matchAll(/^ {2}readonly (\w+):/gm)].map(([, name]) => name!);
    const sources = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .map((file) => readFileSync(join(import.meta.dirname, file), "utf8"))
      .join("\n");
    assert.deepEqual(
      names.filter((name) => !new RegExp(`emit\\([^;]*"${name}"`).test(sources)),
      [],
    );
  });
});
