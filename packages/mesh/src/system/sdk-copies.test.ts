import assert from "node:assert/strict";
import { it } from "node:test";
import { noteCopy } from "./sdk-copies.ts";

it("warns once of a second copy, with the paths of both", () => {
  const warnings: string[] = [];
  const logger = { warn: (message: string): void => void warnings.push(message) };
  noteCopy(logger, "file:///app/one/copy.js");
  noteCopy(logger, "file:///app/one/copy.js");
  assert.deepEqual(warnings, []);
  noteCopy(logger, "file:///app/two/copy.js");
  noteCopy(logger, "file:///app/two/copy.js");
  assert.equal(warnings.length, 1);
  assert.match(warnings[0]!, /2 copies of intramesh: \/app\/one\/copy\.js and \/app\/two\/copy\.js/);
});
