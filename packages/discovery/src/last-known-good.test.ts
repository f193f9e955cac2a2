import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { lastKnownGood } from "./last-known-good.ts";
import type { ResourceState } from "./resource-source.ts";
import { virtualService } from "./testing/resources.ts";

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "intramesh-"));
  context.after(() => rm(folder, { recursive: true }));
  return folder;
}

function stateOf(...names: readonly string[]): ResourceState {
  const resources = names.map((name) => virtualService(name));
  return { resources, revision: "7", description: "registry http://registry.test at revision 7", stale: false };
}

test("what was saved is loaded as it was, marked as stale, with its time", async (context) => {
  const memory = lastKnownGood(await temporaryFolder(context), "default.reviews");
  const state = { ...stateOf("a", "b"), mesh: { rootNamespace: "root" } };
  await memory.save(state);
  const remembered = await memory.load();
  assert.deepEqual(remembered?.state, { ...state, stale: true });
  assert.equal(remembered?.savedAt, (await stat(memory.path)).mtimeMs);
});

test("nothing is loaded where nothing was saved", async (context) => {
  assert.equal(await lastKnownGood(await temporaryFolder(context), "default.reviews").load(), undefined);
});

test("the folder is made, and the file is for its owner only", async (context) => {
  const memory = lastKnownGood(join(await temporaryFolder(context), "made", "here"), "default.reviews");
  await memory.save(stateOf("a"));
  assert.equal((await stat(memory.path)).mode & 0o777, 0o600);
});

test("a key does not leave the folder", async (context) => {
  const folder = await temporaryFolder(context);
  await lastKnownGood(folder, "../reviews").save(stateOf("a"));
  assert.deepEqual(await readdir(folder), ["..%2Freviews.ndjson"]);
});

test("writers at the same time leave one whole state and no other file", async (context) => {
  const folder = await temporaryFolder(context);
  const some = lastKnownGood(folder, "shared");
  const others = lastKnownGood(folder, "shared");
  const large = Array.from({ length: 2_000 }, (_, at) => `name-${at}`);
  await Promise.all([some.save(stateOf("a")), others.save(stateOf(...large)), some.save(stateOf("a", "b"))]);
  assert.deepEqual(await readdir(folder), ["shared.ndjson"]);
  assert.ok([1, 2, 2_000].includes((await some.load())!.state.resources.length));
});

test("a file that is torn between two resources is refused with both counts", async (context) => {
  const memory = lastKnownGood(await temporaryFolder(context), "torn");
  await memory.save(stateOf("a", "b"));
  const text = await readFile(memory.path, "utf8");
  await truncate(memory.path, text.lastIndexOf('{"apiVersion'));
  await assert.rejects(
    memory.load(),
    /the last known good state in \S+torn\.ndjson is ignored: it holds 1 of its 2 resources/,
  );
});

test("a file that is torn within a resource is refused", async (context) => {
  const memory = lastKnownGood(await temporaryFolder(context), "torn");
  await memory.save(stateOf("a"));
  await truncate(memory.path, (await stat(memory.path)).size - 5);
  await assert.rejects(memory.load(), { code: "MESH_BAD_RESOURCE" });
});

test("an empty file, and one of another format, are refused", async (context) => {
  const memory = lastKnownGood(await temporaryFolder(context), "other");
  await writeFile(memory.path, "");
  await assert.rejects(memory.load(), /it is empty/);
  await writeFile(memory.path, '{"format":2}\n');
  await assert.rejects(memory.load(), /this version reads format 1/);
});
