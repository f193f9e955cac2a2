import assert from "node:assert/strict";
import { test } from "node:test";
import { findKind } from "@intramesh/config";
import { storedObject } from "../state/stored-object.ts";
import { parseSelectors } from "./selectors.ts";

const labels = { app: "reviews", version: "v2", shard: "3" };
const metadata = { name: "a", namespace: "default", labels };
const object = storedObject(findKind("Service")!, { apiVersion: "v1", kind: "Service", metadata, spec: {} }, 1);

const cases: readonly [string, boolean][] = [
  ["", true],
  ["app=reviews", true],
  ["app==reviews,version=v2", true],
  ["app=reviews,version=v3", false],
  ["version!=v3", true],
  ["tier!=gold", true],
  ["version in (v1, v2)", true],
  ["version in (v1,v3)", false],
  ["version in(v2),version notin(v1)", true],
  ["version notin (v1),app", true],
  ["tier notin (gold)", true],
  ["app", true],
  ["shard>2", true],
  ["shard<3,shard > -1", false],
  ["version>1", false],
  ["!app", false],
  ["!tier", true],
];
for (const [selector, expected] of cases) {
  test(`the label selector "${selector}" is ${expected ? "" : "not "}met`, () => {
    assert.equal(parseSelectors(selector, undefined)(object), expected);
  });
}

test("a field selector knows name and namespace", () => {
  assert.equal(parseSelectors(undefined, "metadata.name=a,metadata.namespace!=other")(object), true);
  assert.equal(parseSelectors(undefined, "metadata.name!=a")(object), false);
  assert.throws(() => parseSelectors(undefined, "spec.host=a"), /field label not supported: spec\.host/);
});

test("what is no selector is refused by name", () => {
  assert.throws(() => parseSelectors("a b", undefined), /labelSelector: "a b" is none of/);
  assert.throws(() => parseSelectors(undefined, "metadata.name"), /fieldSelector: "metadata\.name"/);
});
