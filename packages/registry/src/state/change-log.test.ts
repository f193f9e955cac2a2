import assert from "node:assert/strict";
import { test } from "node:test";
import { findKind } from "@intramesh/config";
import { ChangeLog } from "./change-log.ts";
import { type Change, storedObject } from "./stored-object.ts";

function change(revision: number): Change {
  const resource = { apiVersion: "v1", kind: "Service", metadata: { name: "a", namespace: "default" }, spec: {} };
  const object = storedObject(findKind("Service")!, resource, revision);
  return { revision, type: "MODIFIED", object, previous: undefined };
}

test("the change after a revision is the next one", () => {
  const log = new ChangeLog(10, 5, []);
  log.append(change(6));
  log.append(change(7));
  assert.equal(log.floor, 5);
  assert.deepEqual(
    [5, 6, 7].map((revision) => log.next(revision)?.revision),
    [6, 7, undefined],
  );
});

test("it keeps the limit at least and twice the limit at most", () => {
  const log = new ChangeLog(10, 0, []);
  for (let revision = 1; revision <= 1_000; revision++) {
    log.append(change(revision));
    assert.ok(revision - log.floor <= 20);
    assert.ok(revision < 10 || revision - log.floor >= 10);
    assert.equal(log.next(log.floor)?.revision, log.floor + 1);
  }
});

test("the backlog of a reader is what it has not seen, also after old history is gone", () => {
  const log = new ChangeLog(10, 0, []);
  for (let revision = 1; revision <= 25; revision++) log.append(change(revision));
  assert.equal(log.backlog(25), 0);
  assert.equal(log.backlog(23), change(24).object.json.length + change(25).object.json.length);
});
