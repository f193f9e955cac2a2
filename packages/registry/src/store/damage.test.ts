import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { findKind } from "@intramesh/config";
import { type Random, seededRandom } from "@intramesh/core";
import { RegistryState } from "../state/registry-state.ts";
import { DatabaseDamage } from "./database-damage.ts";
import { repair } from "./repair.ts";
import { createSqliteStore } from "./sqlite-store.ts";

const service = findKind("Service")!;
const historyLimit = 1_000;
const files = ["registry.db", "registry.db-wal"];

/** Names and revisions of what a registry holds; its whole state, as revisions come once. */
type Content = Readonly<Record<string, number>>;

function contentOf(state: RegistryState): Content {
  return Object.fromEntries([...state.ofKind(service)].map(({ name, revision }) => [name, revision]).sort());
}

interface Crashed {
  readonly folder: string;
  readonly epoch: string;
  /** The state at every revision. */
  readonly states: readonly Content[];
}

/** A folder as a registry leaves it that is killed: with a write-ahead log that is partly in the database. */
function crashedFolder(t: TestContext, random: Random): Crashed {
  const [live, folder] = [temporaryFolder(t), temporaryFolder(t)];
  const store = createSqliteStore({ folder: live, historyLimit });
  t.after(() => store.close());
  const state = new RegistryState(store, historyLimit);
  const states: Content[] = [contentOf(state)];
  for (let index = 0; index < 300; index++) {
    const name = `s${Math.floor(random() * 60)}`;
    const before = state.get(service, "default", name);
    if (before !== undefined && random() < 0.3) state.write([{ type: "delete", object: before }]);
    else {
      const note = "x".repeat(Math.floor(random() * 4_000));
      const metadata = { name, namespace: "default", annotations: { note } };
      state.write([
        { type: "put", info: service, resource: { apiVersion: "v1", kind: "Service", metadata, spec: {} } },
      ]);
    }
    states.push(contentOf(state));
  }
  for (const file of [...files, "registry.mark"]) copyFileSync(join(live, file), join(folder, file));
  return { folder, epoch: state.epoch, states };
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "intramesh-damage-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Turns a few bits around, or cuts the end off, somewhere in one of the files. Says what it did. */
function damageAtRandom(folder: string, random: Random): string {
  const name = files[Math.floor(random() * files.length)]!;
  const path = join(folder, name);
  const bytes = readFileSync(path);
  const offset = Math.floor(random() * bytes.length);
  if (random() < 0.3) {
    truncateSync(path, offset);
    return `${name} cut off at ${offset}`;
  }
  const count = 1 + Math.floor(random() * 8);
  for (let index = 0; index < count; index++) {
    const at = Math.min(offset + index * 7, bytes.length - 1);
    bytes[at] = bytes[at]! ^ (1 << Math.floor(random() * 8));
  }
  writeFileSync(path, bytes);
  return `${name} changed at ${offset}`;
}

test("a damaged store starts with a state that there was, and says so where it is not the last; or it is refused", (t) => {
  const seed = Math.floor(Number(process.env["INTRAMESH_SEED"] ?? Math.random() * 2 ** 32));
  t.diagnostic(`INTRAMESH_SEED=${seed}`);
  const random = seededRandom(seed);
  const { folder: original, epoch, states } = crashedFolder(t, random);
  const last = states.length - 1;
  const counts = { refused: 0, earlier: 0, unharmed: 0, repaired: 0 };
  for (let round = 0; round < 150; round++) {
    const folder = join(temporaryFolder(t), "data");
    mkdirSync(folder);
    for (const file of [...files, "registry.mark"]) copyFileSync(join(original, file), join(folder, file));
    const what = damageAtRandom(folder, random);
    const warnings: string[] = [];
    const start = (): { readonly state: RegistryState; close(): void } => {
      const store = createSqliteStore({ folder, historyLimit, warn: (message) => warnings.push(message) });
      try {
        return { state: new RegistryState(store, historyLimit), close: () => store.close() };
      } catch (error) {
        store.close();
        throw error;
      }
    };
    try {
      const { state, close } = start();
      const content = contentOf(state);
      close();
      if (state.epoch === epoch) {
        assert.deepEqual([state.revision, content], [last, states[last]], what);
        counts.unharmed += 1;
      } else {
        assert.ok(
          states.some((known) => JSON.stringify(known) === JSON.stringify(content)),
          `${what}: a state that never was`,
        );
        assert.ok(state.revision > last, what);
        assert.match(warnings.join(), /clients start over/, what);
        counts.earlier += 1;
      }
    } catch (error) {
      assert.ok(error instanceof DatabaseDamage, `${what}: ${String(error)}`);
      assert.match(error.message, /registry\.db is damaged: .* `intramesh registry restore FILE`/, what);
      counts.refused += 1;
      if (tryRepair(folder, start, states, what)) counts.repaired += 1;
    }
  }
  t.diagnostic(JSON.stringify(counts));
  assert.ok(counts.refused > 0 && counts.earlier > 0 && counts.repaired > 0);
});

/** What a repair keeps was written once, each object of it; false where nothing could be read. */
function tryRepair(
  folder: string,
  start: () => { readonly state: RegistryState; close(): void },
  states: readonly Content[],
  what: string,
): boolean {
  try {
    repair(folder, new Date(0));
  } catch (error) {
    assert.match(String(error), /is damaged: nothing in it can be read/, what);
    return false;
  }
  const { state, close } = start();
  for (const [name, revision] of Object.entries(contentOf(state)))
    assert.equal(states[revision]?.[name], revision, what);
  close();
  return true;
}
