import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { findKind } from "@intramesh/config";
import { RegistryState } from "../state/registry-state.ts";
import { backUp } from "./backup.ts";
import { repair } from "./repair.ts";
import { restore } from "./restore.ts";
import { createSqliteStore } from "./sqlite-store.ts";
import type { Store } from "./store.ts";

const service = findKind("Service")!;
const now = new Date("2026-01-02T03:04:05.678Z");

interface Opened {
  readonly state: RegistryState;
  readonly warnings: readonly string[];
  names(): readonly string[];
  put(name: string): void;
  close(): void;
}

function open(t: TestContext, folder: string): Opened {
  const warnings: string[] = [];
  const store = createSqliteStore({ folder, historyLimit: 100, warn: (message) => warnings.push(message) });
  let closed = false;
  const close = (): void => {
    if (!closed) store.close();
    closed = true;
  };
  t.after(close);
  const state = loadedBy(store, close);
  return {
    state,
    warnings,
    close,
    names: () => [...state.ofKind(service)].map(({ name }) => name).sort(),
    put(name) {
      const resource = { apiVersion: "v1", kind: "Service", metadata: { name, namespace: "default" }, spec: {} };
      state.write([{ type: "put", info: service, resource }]);
    },
  };
}

/** A store that cannot be read gives its folder up. */
function loadedBy(store: Store, close: () => void): RegistryState {
  try {
    return new RegistryState(store, 100);
  } catch (error) {
    close();
    throw error;
  }
}

function folders(t: TestContext): { readonly data: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-backup-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return { data: join(folder, "data"), file: join(folder, "backup.db") };
}

test("a backup is made while the registry runs, and brings that state back as another history", (t) => {
  const { data, file } = folders(t);
  const first = open(t, data);
  first.put("a");
  first.put("b");
  assert.deepEqual(backUp(data, file, now), { revision: 2, resources: 2 });
  first.put("c");
  assert.equal(first.state.revision, 3);
  first.close();
  const restored = restore(data, file, now);
  assert.deepEqual([restored.revision, restored.resources, restored.copiedAt], [2, 2, now.toISOString()]);
  const second = open(t, data);
  assert.deepEqual(second.names(), ["a", "b"]);
  assert.notEqual(second.state.epoch, first.state.epoch);
  assert.ok(second.state.log.floor === second.state.revision && second.state.revision > 3);
  assert.match(second.warnings.join(), /is a backup of 2026-01-02T03:04:05.678Z, of revision 2: clients start over/);
  second.put("d");
  second.close();
  const third = open(t, data);
  assert.deepEqual([third.state.epoch, third.warnings], [second.state.epoch, []]);
});

test("state and backups are for their owner's eyes only", (t) => {
  const { data, file } = folders(t);
  open(t, data).put("a");
  backUp(data, file, now);
  const modeOf = (path: string): number => statSync(path).mode & 0o777;
  assert.deepEqual([modeOf(data), modeOf(file)], [0o700, 0o600]);
  for (const name of ["registry.db", "registry.db-wal"]) assert.equal(modeOf(join(data, name)), 0o600, name);
});

test("a backup that is put in place by hand, in a folder that knows nothing, is another history, too", (t) => {
  const { data, file } = folders(t);
  const first = open(t, data);
  first.put("a");
  backUp(data, file, now);
  first.close();
  rmSync(join(data, "registry.mark"));
  copyFileSync(file, join(data, "registry.db"));
  const second = open(t, data);
  assert.notEqual(second.state.epoch, first.state.epoch);
  assert.deepEqual(second.names(), ["a"]);
});

test("a backup of a store whose registry was killed has what is in its log", (t) => {
  const { data, file } = folders(t);
  const first = open(t, `${data}-live`);
  first.put("a");
  const copied = open(t, data);
  copied.close();
  for (const name of ["registry.db", "registry.db-wal"]) copyFileSync(join(`${data}-live`, name), join(data, name));
  assert.deepEqual(backUp(data, file, now), { revision: 1, resources: 1 });
});

test("what was in the place of a restored backup is kept", (t) => {
  const { data, file } = folders(t);
  const first = open(t, data);
  first.put("a");
  backUp(data, file, now);
  first.put("b");
  first.close();
  const { formerFile } = restore(data, file, now);
  assert.equal(formerFile, join(data, "registry.db.former-20260102T030405Z"));
  copyFileSync(formerFile, join(data, "registry.db"));
  rmSync(join(data, "registry.mark"));
  assert.deepEqual(open(t, data).names(), ["a", "b"]);
});

test("a restore is refused where a registry runs, and where the backup is not whole; nothing is changed then", (t) => {
  const { data, file } = folders(t);
  const first = open(t, data);
  first.put("a");
  backUp(data, file, now);
  const refusal = new RegExp(`is in use by another registry, process ${process.pid}: stop that one`);
  assert.throws(() => restore(data, file, now), refusal);
  first.close();
  const bytes = readFileSync(file);
  bytes[bytes.indexOf('"kind":"Service"') + 9]! ^= 1;
  const broken = `${file}.broken`;
  writeFileSync(broken, bytes);
  const before = readdirSync(data).sort();
  assert.throws(() => restore(data, broken, now), /backup\.db\.broken is damaged: /);
  assert.throws(() => restore(data, `${file}.nowhere`, now), /backup\.db\.nowhere does not exist/);
  assert.deepEqual(readdirSync(data).sort(), before);
  const second = open(t, data);
  assert.deepEqual([second.names(), second.state.epoch, second.warnings], [["a"], first.state.epoch, []]);
});

test("a backup overwrites nothing, is not made of nothing, and not of what is damaged", (t) => {
  const { data, file } = folders(t);
  assert.throws(
    () => backUp(data, file, now),
    /registry\.db does not exist: name the registry's data folder with --data/,
  );
  const first = open(t, data);
  first.put("a");
  first.close();
  writeFileSync(file, "");
  assert.throws(() => backUp(data, file, now), /backup\.db exists: name another file/);
  const bytes = readFileSync(join(data, "registry.db"));
  bytes[bytes.lastIndexOf('"kind":"Service"') + 9]! ^= 1;
  writeFileSync(join(data, "registry.db"), bytes);
  assert.throws(() => backUp(data, `${file}.2`, now), /registry\.db is damaged: /);
  assert.ok(!existsSync(`${file}.2`) && !existsSync(`${file}.2.partial`));
});

test("a store that is whole is left alone by a repair", (t) => {
  const { data } = folders(t);
  const first = open(t, data);
  first.put("a");
  first.close();
  const before = readFileSync(join(data, "registry.db"));
  assert.deepEqual(repair(data, now), { wasDamaged: false, resources: 1 });
  assert.deepEqual(readFileSync(join(data, "registry.db")), before);
});

test("a repair keeps every resource that is whole somewhere", (t) => {
  const { data } = folders(t);
  const first = open(t, data);
  for (const name of ["a", "b", "c"]) first.put(name);
  first.close();
  const bytes = readFileSync(join(data, "registry.db"));
  // In one of the two places where it stands.
  bytes[bytes.indexOf('"name":"b"') + 8]! ^= 1;
  writeFileSync(join(data, "registry.db"), bytes);
  assert.throws(() => open(t, data), /is damaged/);
  const repaired = repair(data, now);
  assert.ok(repaired.wasDamaged);
  assert.deepEqual([repaired.resources, repaired.lostRecords], [3, 0]);
  const second = open(t, data);
  assert.deepEqual(second.names(), ["a", "b", "c"]);
  assert.notEqual(second.state.epoch, first.state.epoch);
});
