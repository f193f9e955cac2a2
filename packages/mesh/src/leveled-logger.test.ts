import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLeveledLogger, type LogLevel } from "./leveled-logger.ts";

function sayAll(level: LogLevel, methods: readonly ("info" | "debug")[] = ["info", "debug"]): string[] {
  const said: string[] = [];
  const to = (name: string) => (message: string) => said.push(`${name} ${message}`);
  const optional = Object.fromEntries(methods.map((name) => [name, to(name)]));
  const logger = createLeveledLogger({ warn: to("warn"), ...optional }, level);
  logger.warn("a");
  logger.info("b");
  logger.debug(() => "c");
  return said;
}

describe("a logger with a level", () => {
  for (const [level, expected] of [
    ["off", []],
    ["warn", ["warn a"]],
    ["info", ["warn a", "info b"]],
    ["debug", ["warn a", "info b", "debug c"]],
  ] as const) {
    it(`says at ${level} ${expected.join(", ") || "nothing"}`, () => assert.deepEqual(sayAll(level), expected));
  }

  it("says what has no method of its own with the next that has", () => {
    assert.deepEqual(sayAll("debug", ["info"]), ["warn a", "info b", "info c"]);
    assert.deepEqual(sayAll("debug", []), ["warn a", "warn b", "warn c"]);
  });

  it("makes no text that it does not say", () => {
    createLeveledLogger({ warn: assert.fail }, "info").debug(assert.fail);
  });
});
