import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { virtualService } from "../testing/resources.ts";
import { ScriptedRegistry } from "../testing/scripted-registry.ts";

/** Follows a registry as a program does that has something else to do, and forgets to close it. */
const program = `
  import { registrySource } from "@intramesh/discovery";
  const clock = { now: () => performance.now(), wallMs: () => Date.now() };
  const scheduler = { after(ms, task) { const timer = setTimeout(task, ms).unref(); return () => clearTimeout(timer); } };
  const source = registrySource({ url: process.env.REGISTRY, clock, scheduler, random: Math.random });
  source.start({ onUpdate: (state) => console.log(state.description), onError: (error) => console.log(error.message) });
`;

test("a source waits for the first state, and does not keep a program alive after that", async (context) => {
  const registry = await ScriptedRegistry.start();
  context.after(() => registry.close());
  const child = spawn(process.execPath, ["--conditions=@intramesh/source", "--input-type=module", "-e", program], {
    cwd: import.meta.dirname,
    env: { ...process.env, REGISTRY: registry.url },
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  const exit = once(child, "exit");
  const stream = await registry.nextCall();
  stream.send({ type: "RESET", epoch: "one" });
  stream.send({ type: "PUT", revision: 1, object: virtualService("a") }, { type: "BOOKMARK", revision: 1 });
  assert.deepEqual(await exit, [0, null]);
  assert.equal(output, `registry ${registry.url} at revision 1\n`);
});
