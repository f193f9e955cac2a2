import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { startMeshBench } from "./testing/mesh-bench.ts";
import { rule, runCommand, startBench, temporaryFolder } from "./testing/run-command.ts";

const bin = resolve(import.meta.dirname, "bin.ts");

async function completed(...words: readonly string[]): Promise<readonly string[]> {
  const { code, out } = await runCommand(["__complete", "--", ...words]);
  assert.equal(code, 0);
  return out.split("\n").slice(0, -1);
}

test("commands, subcommands, flags, their values and kinds are completed without a registry", async () => {
  assert.deepEqual(await completed("de"), ["delete", "describe"]);
  assert.deepEqual(await completed("describe", ""), ["instance", "service"]);
  assert.deepEqual(await completed("get", "vs", "--out"), ["--output"]);
  assert.deepEqual(await completed("get", "vs", "-o", ""), ["json", "name", "wide", "yaml"]);
  assert.deepEqual(await completed("get", "virt"), ["virtualservices"]);
  assert.deepEqual(await completed("config", "r"), ["routes"]);
  assert.deepEqual(await completed("analyze", ""), []);
});

test("names are the registry's, of the namespace that the line names", async (t) => {
  const { run } = await startBench(t);
  await run(["apply", "-f", "-"], `${rule("reviews")}---\n${rule("ratings")}`);
  await run(["apply", "-f", "-"], "{ apiVersion: v1, kind: Namespace, metadata: { name: prod } }");
  await run(["apply", "-n", "prod", "-f", "-"], rule("details"));
  assert.equal((await run(["__complete", "--", "get", "vs", ""])).out, "ratings\nreviews\n");
  assert.equal((await run(["__complete", "--", "get", "-n", "prod", "vs", ""])).out, "details\n");
});

test("instances are those that are connected", async (t) => {
  const { call, settle, run } = await startMeshBench(t);
  const caller = await call("productpage");
  await settle(caller);
  for (const words of [["drain"], ["log"], ["dashboard"], ["config", "routes"], ["describe", "instance"]]) {
    assert.equal((await run(["__complete", "--", ...words, "prod"])).out, `${caller.instance}\n`);
  }
});

test("bash completes by the script that completion prints", async (t) => {
  if (spawnSync("bash", ["--version"]).error !== undefined) return t.skip("there is no bash here");
  const folder = temporaryFolder(t);
  const command = join(folder, "intramesh");
  writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" --conditions=@intramesh/source "${bin}" "$@"\n`);
  chmodSync(command, 0o755);
  const { out } = await runCommand(["completion", "bash"]);
  const script = `${out}COMP_WORDS=(intramesh describe ser); COMP_CWORD=2; _intramesh; echo "$COMPREPLY"`;
  const { stdout } = spawnSync("bash", ["-c", script], {
    encoding: "utf8",
    env: { PATH: `${folder}:${process.env["PATH"]}` },
  });
  assert.equal(stdout, "service\n");
});

test("a shell that there is no completion for is named with those that there are", async () => {
  const { code, err } = await runCommand(["completion", "tcsh"]);
  assert.equal(code, 2);
  assert.match(err, /bash, zsh, fish/);
});
