import assert from "node:assert/strict";
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { findKind } from "@intramesh/config";
import { RegistryState } from "../state/registry-state.ts";
import { createSqliteStore } from "./sqlite-store.ts";
import type { Store } from "./store.ts";

const service = findKind("Service")!;

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-store-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

interface Opened {
  readonly store: Store;
  readonly state: RegistryState;
  readonly warnings: readonly string[];
}

function open(t: TestContext, folder: string): Opened {
  const warnings: string[] = [];
  const store = createSqliteStore({ folder, historyLimit: 100, warn: (message) => warnings.push(message) });
  t.after(() => {
    try {
      store.close();
    } catch {
      // Closed by the test itself.
    }
  });
  return { store, state: new RegistryState(store, 100), warnings };
}

function putService(state: RegistryState, name: string): void {
  const resource = { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "default" }, spec: {} };
  state.write([{ type: "put", info: service, resource }]);
}

test("epoch, revision, objects and history survive", (t) => {
  const folder = temporaryFolder(t);
  const first = open(t, folder);
  putService(first.state, "a");
  putService(first.state, "b");
  first.state.write([{ type: "delete", object: first.state.get(service, "default", "a")! }]);
  first.store.close();
  const { state } = open(t, folder);
  assert.equal(state.epoch, first.state.epoch);
  assert.equal(state.revision, 3);
  assert.deepEqual(
    [...state.ofKind(service)].map(({ name, revision }) => [name, revision]),
    [["b", 2]],
  );
  assert.equal(state.log.floor, 0);
  assert.deepEqual(
    [0, 1, 2].map((revision) => state.log.next(revision)?.type),
    ["ADDED", "ADDED", "DELETED"],
  );
});

test("a second registry on the same folder is refused", (t) => {
  const folder = temporaryFolder(t);
  open(t, folder);
  assert.throws(
    () => createSqliteStore({ folder, historyLimit: 100 }),
    new RegExp(`in use by another registry, process ${process.pid}: `),
  );
});

test("an older copy of the file is another history, in which no revision comes twice", (t) => {
  const folder = temporaryFolder(t);
  const [file, copy] = [join(folder, "registry.db"), join(folder, "backup.db")];
  const first = open(t, folder);
  putService(first.state, "a");
  first.store.close();
  copyFileSync(file, copy);
  const second = open(t, folder);
  putService(second.state, "b");
  second.store.close();
  copyFileSync(copy, file);
  const { state, warnings } = open(t, folder);
  assert.notEqual(state.epoch, first.state.epoch);
  assert.ok(state.revision > 2 && state.log.floor === state.revision, "who has seen revision 2 starts over");
  putService(state, "c");
  assert.deepEqual(
    [...state.ofKind(service)].map(({ name, revision }) => [name, revision]),
    [
      ["a", 1],
      ["c", state.log.floor + 1],
    ],
  );
  assert.match(
    warnings.join(),
    /ends at revision 1, and 2 was here: what came after it is lost .*: clients start over/,
  );
});

test("a record that was changed behind the registry's back is not served", (t) => {
  const folder = temporaryFolder(t);
  const { store, state } = open(t, folder);
  putService(state, "a");
  store.close();
  const database = new DatabaseSync(join(folder, "registry.db"));
  database.exec("UPDATE objects SET json = replace(json, 'default', 'defaulT')");
  database.close();
  assert.throws(() => open(t, folder), /registry\.db is damaged: the Service written at revision 1/);
});

test("a file that is no database is refused by name", (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "registry.db"), "this is not a database, and long enough to see that".repeat(20));
  assert.throws(() => open(t, folder), /registry\.db is damaged: file is not a database; put a backup/);
});

test("a data folder that is a file is refused by name", (t) => {
  const file = join(temporaryFolder(t), "file");
  writeFileSync(file, "");
  assert.throws(() => open(t, file), /the data folder .*file cannot be used: it is a file; name another one/);
  assert.throws(() => open(t, join(file, "below")), /the data folder .*below cannot be used: ENOTDIR/);
  // Node's own making of folders does not return here.
  assert.throws(() => open(t, "/proc/none/data"), /the data folder .* cannot be used/);
});

test("a torn end of the write-ahead log costs nothing that was acknowledged before it", (t) => {
  const folder = temporaryFolder(t);
  const { store, state } = open(t, folder);
  putService(state, "a");
  store.close();
  const log = join(folder, "registry.db-wal");
  appendFileSync(log, Buffer.alloc(4_000, 0x5a));
  assert.ok(existsSync(log));
  assert.equal(open(t, folder).state.revision, 1);
});

test("a commit that fails leaves nothing of itself, and no write is taken after it", (t) => {
  const folder = temporaryFolder(t);
  const { store, state } = open(t, folder);
  putService(state, "a");
  const again = state.log.next(0)!;
  const fresh = { ...again, revision: 2 };
  // Revision 1 is written already: the second change of the commit cannot be.
  assert.throws(() => store.commit([fresh, again]), /cannot be written: UNIQUE/);
  assert.throws(() => putService(state, "b"), /cannot be written: UNIQUE/);
  assert.equal(state.revision, 1);
  assert.equal(state.get(service, "default", "b"), undefined);
  assert.equal(state.failure?.lasting, true);
  store.close();
  assert.equal(open(t, folder).state.revision, 1);
});

test("objects that have gone from the file are missed", (t) => {
  const folder = temporaryFolder(t);
  const { store, state } = open(t, folder);
  putService(state, "a");
  putService(state, "b");
  store.close();
  const database = new DatabaseSync(join(folder, "registry.db"));
  database.exec("DELETE FROM objects WHERE name = 'a'");
  database.close();
  assert.throws(() => open(t, folder), /registry\.db is damaged: its objects are not those that were written last/);
});

test("a database that is missing is a fresh start of another history, and is told", (t) => {
  const folder = temporaryFolder(t);
  const { store, state } = open(t, folder);
  putService(state, "a");
  store.close();
  rmSync(join(folder, "registry.db"));
  const fresh = open(t, folder);
  assert.equal(fresh.state.countOf(service), 0);
  assert.ok(fresh.state.revision > 1);
  assert.match(fresh.warnings.join(), /ends at revision 0, and 1 was here/);
});

test("a folder in the database's place is refused by name", (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "registry.db"));
  assert.throws(() => open(t, folder), /registry\.db cannot be opened: it is a folder/);
});

test("a database of the schema before this one is taken over, one of a later schema is refused before any write", (t) => {
  const folder = temporaryFolder(t);
  const { store, state } = open(t, folder);
  putService(state, "a");
  store.close();
  const alter = (statement: string): void => {
    const database = new DatabaseSync(join(folder, "registry.db"));
    database.exec(statement);
    database.close();
  };
  alter("UPDATE meta SET value = '1' WHERE key = 'schema'; DELETE FROM meta WHERE key = 'digest'");
  const taken = open(t, folder);
  assert.deepEqual([taken.state.epoch, taken.state.revision, taken.warnings], [state.epoch, 1, []]);
  putService(taken.state, "b");
  taken.store.close();
  alter("UPDATE meta SET value = '3' WHERE key = 'schema'");
  const before = readFileSync(join(folder, "registry.db"));
  assert.throws(() => open(t, folder), /has schema 3, this registry reads 2: start the newer one/);
  assert.deepEqual(readFileSync(join(folder, "registry.db")), before);
});
