import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** How a run of the command ended. */
export interface CommandRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command `intramesh` as a process of its own, against a registry. */
export function runIntramesh(registryUrl: string, ...args: readonly string[]): Promise<CommandRun> {
  const env = { ...process.env, INTRAMESH_REGISTRY: registryUrl };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [program, ...args], { env }, (error, stdout, stderr) => {
      // Other than an exit code, `code` says why the program could not be run.
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ code: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

const program = programOfCommand();

function programOfCommand(): string {
  const manifest = fileURLToPath(import.meta.resolve("@intramesh/cli/package.json"));
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { readonly bin: { readonly intramesh: string } };
  return join(dirname(manifest), bin.intramesh);
}
