import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { describe, it } from "node:test";

const repository = join(import.meta.dirname, "..", "..");

/** A Node in PATH that is too old for the mesh: that of many a distribution. */
const oldNode = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => folder !== "")
  .map((folder) => join(folder, "node"))
  .find(isTooOld);

function isTooOld(path: string): boolean {
  try {
    const version = execFileSync(path, ["--version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    const [major = 0, minor = 0] = version.slice(1).split(".").map(Number);
    return major === 20 || (major === 22 && minor < 19);
  } catch {
    return false;
  }
}

const skip = oldNode === undefined ? "no Node from 20 to 22.18 in PATH" : false;

describe("a Node that is too old", { skip }, () => {
  const needs = /intramesh needs Node 22\.19 or newer, this is v2\d\.\d+\.\d+/;

  it("is told so by the command, with exit code 2 and no stack", () => {
    const command = join(repository, "packages/cli/bin/intramesh.js");
    const { status, stderr, stdout } = spawnSync(oldNode!, [command, "registry"], { encoding: "utf8" });
    assert.equal(status, 2);
    assert.match(stderr, needs);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
    assert.equal(stdout, "");
  });

  it("is told so by createMesh, with a MeshError", () => {
    const program = `import { createMesh } from "intramesh";
      await createMesh().catch(({ code, message }) => console.log(code, message));`;
    const cwd = join(repository, "test/e2e");
    const { stdout, stderr } = spawnSync(oldNode!, ["--input-type=module", "-e", program], { cwd, encoding: "utf8" });
    assert.match(stdout, needs, stderr);
    assert.match(stdout, /^MESH_NODE_TOO_OLD /);
  });

  it("is told so by intramesh/register, before the program runs", () => {
    const cwd = join(repository, "test/e2e");
    const words = ["--import", "intramesh/register", "-e", "console.log('it ran')"];
    const { status, stdout, stderr } = spawnSync(oldNode!, words, { cwd, encoding: "utf8" });
    assert.match(stderr, needs);
    assert.notEqual(status, 0);
    assert.equal(stdout, "");
  });
});
