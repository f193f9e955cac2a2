import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { virtualService } from "./testing/resources.ts";
import { ScriptedRegistry } from "./testing/scripted-registry.ts";

/** Runs a program that starts a source and forgets to close it, as one does that has something else to do. */
function run(source: string, argument: string): ChildProcessWithoutNullStreams {
  const program = `
    import { files, registrySource } from "@intramesh/discovery";
    const clock = { now: () => performance.now(), wallMs: () => Date.now() };
    const scheduler = { after(ms, task) { const timer = setTimeout(task, ms).unref(); return () => clearTimeout(timer); } };
    const random = Math.random;
    const argument = process.argv[1];
    const source = ${source};
    source.start({ onUpdate: ({ resources }) => console.log(resources.length), onError: ({ message }) => console.log(message) });
  `;
  const flags = ["--conditions=@intramesh/source", "--input-type=module", "-e", program, argument];
  return spawn(process.execPath, flags, { cwd: import.meta.dirname });
}

test("a registry's first state is waited for, and does not keep a program alive after that", async (context) => {
  const registry = await ScriptedRegistry.start();
  context.after(() => registry.close());
  const child = run("registrySource({ url: argument, clock, scheduler, random })", registry.url);
  const exit = once(child, "exit");
  const stream = await registry.nextCall();
  stream.send({ type: "RESET", epoch: "one" });
  stream.send({ type: "PUT", revision: 1, object: virtualService("a") }, { type: "BOOKMARK", revision: 1 });
  assert.equal(await text(child.stdout), "1\n");
  assert.deepEqual(await exit, [0, null]);
});

test("a folder's first state is waited for, and does not keep a program alive after that", async (context) => {
  const folder = await mkdtemp(join(tmpdir(), "intramesh-"));
  context.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "a.json"), JSON.stringify(virtualService("a")));
  const child = run("files(argument)", folder);
  const exit = once(child, "exit");
  assert.equal(await text(child.stdout), "1\n");
  assert.deepEqual(await exit, [0, null]);
});
