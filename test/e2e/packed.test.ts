import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, normalize } from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";
import { type PackedPackage, unpackPackages } from "./packed-packages.ts";

const run = promisify(execFile);
const repositoryModules = join(import.meta.dirname, "../../node_modules");

/** Entries that are programs: they run when they are imported. */
const programs = new Set(["@intramesh/cli/bin", "intramesh/register"]);

describe("the packages as npm uploads them", () => {
  let folder: string;
  let packages: readonly PackedPackage[];

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "intramesh-packed-"));
    packages = unpackPackages(folder);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }\n');
    copyFileSync(join(import.meta.dirname, "packed-program.ts"), join(folder, "program.ts"));
    symlinkSync(join(repositoryModules, "@types"), join(folder, "node_modules", "@types"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("hold their licence and what they are, no tests and no fixtures", () => {
    for (const { manifest, files } of packages) {
      assert.deepEqual(
        ["LICENSE", "README.md"].filter((file) => !files.includes(file)),
        [],
        manifest.name,
      );
      assert.deepEqual(
        files.filter((file) => /\.test\.|\/testing\/|tsbuildinfo/.test(file)),
        [],
        manifest.name,
      );
    }
  });

  it("hold every file that their entries and source maps name", () => {
    for (const { manifest, folder, files } of packages) {
      const entries = Object.values(manifest.exports).flatMap((entry) =>
        typeof entry === "string" ? [entry] : Object.values(entry),
      );
      const sources = files
        .filter((file) => file.endsWith(".map"))
        .flatMap((file) => sourcesOf(join(folder, file)).map((source) => join(dirname(file), source)));
      const named = [...entries.filter((entry) => !entry.includes("*")), ...sources].map(normalize);
      assert.deepEqual(
        named.filter((file) => !files.includes(file)),
        [],
        manifest.name,
      );
    }
  });

  it("import with the dependencies that they name", async () => {
    const entries = packages.flatMap(({ manifest }) =>
      Object.keys(manifest.exports)
        .filter((entry) => !entry.endsWith(".json"))
        .map((entry) => join(manifest.name, entry))
        .filter((entry) => !programs.has(entry)),
    );
    assert.ok(entries.includes("intramesh"));
    const imports = entries.map((entry) => `await import(${JSON.stringify(entry)});`).join("\n");
    await run(process.execPath, ["--input-type=module", "--eval", imports], { cwd: folder });
  });

  it("run a program of ten lines", async () => {
    const { stdout } = await run(process.execPath, ["--no-warnings", "program.ts"], { cwd: folder });
    assert.equal(stdout, "200 hello greeter.example\n");
  });

  it("run the command", async () => {
    const command = join(folder, "node_modules/@intramesh/cli/bin/intramesh.js");
    const explain = ["explain", "http://greeter.example/", "-o", "json", "-f", "greeter.yaml"];
    writeFileSync(join(folder, "greeter.yaml"), greeter);
    const { stdout } = await run(process.execPath, [command, ...explain], { cwd: folder });
    assert.equal((JSON.parse(stdout) as { readonly outcome: string }).outcome, "forward");
  });

  for (const [resolution, module] of Object.entries({ nodenext: "nodenext", bundler: "esnext" })) {
    it(`have types that a strict program compiles against, resolved as ${resolution} does`, async () => {
      const config = join(folder, `tsconfig.${resolution}.json`);
      const compilerOptions = {
        strict: true,
        skipLibCheck: false,
        target: "es2022",
        module,
        moduleResolution: resolution,
        noEmit: true,
        types: ["node"],
      };
      writeFileSync(config, JSON.stringify({ compilerOptions, files: ["program.ts"] }));
      const { stdout } = await run(join(repositoryModules, ".bin/tsc"), ["-p", config]).catch(
        // tsc writes what it finds on stdout.
        (error: { readonly stdout: string }) => error,
      );
      assert.equal(stdout, "");
    });
  }
});

const greeter = `apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: greeter }
spec: { hosts: [greeter.example], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: DNS }
`;

function sourcesOf(map: string): readonly string[] {
  const { sources } = JSON.parse(readFileSync(map, "utf8")) as { readonly sources: readonly string[] };
  // One line that the bundler makes up for a module of Node's own (tools/bundle.ts) is in no file.
  return sources.filter((source) => !/^builtin:node:https?$/.test(source));
}
