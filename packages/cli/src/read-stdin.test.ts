import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { test } from "node:test";

/** More than a pipe takes at once, so that the command has to wait for its writer. */
const pipeBytes = 2_000_000;

const bin = resolve(import.meta.dirname, "bin.ts");

test("a pipe that is slower than the command is read to its end", async () => {
  const args = ["--conditions=@intramesh/source", bin, "analyze", "-", "-o", "json"];
  const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] });
  const out = text(child.stdout);
  const document = (name: string): string =>
    `---\napiVersion: v1\nkind: Namespace\nmetadata: { name: "${name}" } # ${"x".repeat(pipeBytes)}\n`;
  child.stdin.end(["fine", "too", "three", "not fine"].map(document).join(""));
  const [code] = await once(child, "close");
  const found = JSON.parse(await out) as readonly { readonly resource: string }[];
  assert.deepEqual(
    found.map(({ resource }) => resource),
    ["Namespace not fine"],
  );
  assert.equal(code, 1);
});
