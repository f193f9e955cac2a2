import assert from "node:assert/strict";
import { it } from "node:test";
import { parseInertObject } from "./parse-inert-object.ts";

const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, type: "Opaque", data: { key: "dg==" } };

it("what is outside the metadata of an inert object is not looked at", () => {
  const { resource, issues } = parseInertObject(secret);
  assert.equal(resource, secret);
  assert.deepEqual(issues, []);
});

it("an inert object has a name and metadata like any other", () => {
  const { resource, issues } = parseInertObject({ ...secret, metadata: { name: "A_", labels: { a: 1 } } });
  assert.equal(resource, undefined);
  assert.deepEqual(
    issues.map(({ path }) => path),
    ["metadata.name", "metadata.labels[a]"],
  );
});

it("an object of another kind is refused", () => {
  assert.deepEqual(
    parseInertObject({ ...secret, kind: "Service" }).issues.map(({ path }) => path),
    ["kind"],
  );
});
