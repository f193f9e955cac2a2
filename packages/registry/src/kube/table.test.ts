import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAge } from "./age.ts";
import { prefersTable } from "./table.ts";

const seconds = 1_000;
const hours = 3_600 * seconds;
const days = 24 * hours;

const ages: readonly [number, string][] = [
  [0, "0s"],
  [119 * seconds, "119s"],
  [200 * seconds, "3m20s"],
  [180 * seconds, "3m"],
  [11 * 60 * seconds, "11m"],
  [3 * hours, "3h"],
  [3 * hours + 240 * seconds, "3h4m"],
  [9 * hours, "9h"],
  [3 * days + 4 * hours, "3d4h"],
  [100 * days, "100d"],
  [(2 * 365 + 3) * days, "2y3d"],
  [9 * 365 * days, "9y"],
];
for (const [ms, text] of ages) test(`${ms} ms is ${text}`, () => assert.equal(formatAge(ms), text));

test("a Table is preferred where it is named before plain JSON", () => {
  const table = "application/json;as=Table;v=v1;g=meta.k8s.io";
  assert.equal(prefersTable(`${table},application/json`), true);
  assert.equal(prefersTable(`application/json,${table}`), false);
  assert.equal(
    prefersTable("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json"),
    false,
  );
  assert.equal(prefersTable("*/*"), false);
  assert.equal(prefersTable(undefined), false);
});
