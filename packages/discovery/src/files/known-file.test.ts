import assert from "node:assert/strict";
import { mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { shownTimeouts, virtualService } from "../testing/resources.ts";
import { type KnownFile, lookAgain } from "./known-file.ts";

const minuteMs = 60_000;

async function setUp(context: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "intramesh-"));
  context.after(() => rm(folder, { recursive: true }));
  const file = join(folder, "a.json");
  const write = (timeout: string): Promise<void> => writeFile(file, JSON.stringify(virtualService("a", timeout)));
  await write("1s");
  const look = async (before: KnownFile | undefined, wallMs: number): Promise<KnownFile> =>
    (await lookAgain({ file, path: folder }, before, wallMs))!;
  return { file, write, look };
}

test("a file whose inode says that nothing changed is not read again", async (context) => {
  const { look } = await setUp(context);
  const known = await look(undefined, Date.now() + minuteMs);
  const marked = { ...known, text: "as if it had said something else" };
  assert.equal(await look(marked, Date.now() + minuteMs), marked);
});

test("a file that changed just now is read again: a change of the same moment would have the same time", async (context) => {
  const { look } = await setUp(context);
  const known = await look(undefined, Date.now());
  assert.equal(known.stamp, undefined);
  const again = await look(known, Date.now() + minuteMs);
  assert.notEqual(again.stamp, undefined);
  assert.equal(again.good, known.good);
});

test("a file that changed is read again, also where its size and time of change were put back", async (context) => {
  const { file, write, look } = await setUp(context);
  const past = new Date(Date.now() - minuteMs);
  await utimes(file, past, past);
  const known = await look(undefined, Date.now() + minuteMs);
  await write("2s");
  await utimes(file, past, past);
  assert.deepEqual(shownTimeouts((await look(known, Date.now() + minuteMs)).good), ["a=2s"]);
});
