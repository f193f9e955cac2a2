import { resolve } from "node:path";
import { createRegistry, type Registry } from "./create-registry.ts";
import type { Logger } from "./logger.ts";
import { defaultDataFolder, inMemory } from "./options.ts";
import type { MeshDocument } from "./state/registry-state.ts";
import { backUp, type DatabaseSummary } from "./store/backup.ts";
import { type Repaired, repair } from "./store/repair.ts";
import { type Restored, restore } from "./store/restore.ts";

export type { DatabaseSummary, Repaired, Restored };

/** What `intramesh registry` was called with. */
export interface RunRegistryOptions {
  readonly host?: string;
  readonly port?: number;
  readonly data?: string;
  readonly tokenFile?: string;
  /** A MeshConfig for all clients. */
  readonly mesh?: MeshDocument;
}

/** Where the program writes, a line at a time. */
export interface ProgramOutput {
  out(line: string): void;
  err(line: string): void;
}

const processOutput: ProgramOutput = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
};

/** Runs a registry until SIGINT or SIGTERM; resolves to the exit code. */
export async function runRegistry(
  options: RunRegistryOptions = {},
  output: ProgramOutput = processOutput,
): Promise<number> {
  const stop = nextSignal();
  let registry: Registry;
  try {
    registry = await createRegistry({ ...options, logger: loggerTo(output) });
  } catch (error) {
    output.err(`intramesh registry: ${explain(error as NodeJS.ErrnoException, options)}`);
    return 1;
  }
  const data = registry.data === inMemory ? "nothing is kept" : `data in ${resolve(registry.data)}`;
  output.out(`registry listening on ${registry.url}, ${data}`);
  await stop;
  await registry.close();
  return 0;
}

/**
 * Saves the state of the registry whose data are in `data` to `file`, whether it runs or not. Throws an Error that says
 * what to do where that is not possible.
 */
export function backupRegistry(file: string, data?: string): DatabaseSummary {
  return backUp(folderOf(data), file, new Date());
}

/** Puts a backup in the place of the state in `data`, where no registry runs on it. Throws likewise. */
export function restoreRegistry(file: string, data?: string): Restored {
  return restore(folderOf(data), file, new Date());
}

/** Keeps what is whole of a damaged state in `data`, where no registry runs on it. Throws likewise. */
export function repairRegistry(data?: string): Repaired {
  return repair(folderOf(data), new Date());
}

function folderOf(data: string | undefined): string {
  if (data === inMemory) throw new Error(`--data ${inMemory} keeps nothing: name the folder of a registry's data`);
  return resolve(data ?? defaultDataFolder);
}

function nextSignal(): Promise<void> {
  return new Promise((done) => {
    const heard = (): void => {
      process.off("SIGINT", heard);
      process.off("SIGTERM", heard);
      done();
    };
    process.on("SIGINT", heard);
    process.on("SIGTERM", heard);
  });
}

function explain(error: NodeJS.ErrnoException, options: RunRegistryOptions): string {
  if (error.code === "EADDRINUSE") {
    const { port } = error as { port?: number };
    return `port ${port} is taken by another program: stop that one, or choose another port with --port`;
  }
  if (error.code === "EADDRNOTAVAIL") return `${options.host} is not an address of this machine: check --host`;
  if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN")
    return `${options.host} is no address or known name: check --host`;
  if (error.code === "EACCES" && error.syscall === "listen") {
    return `port ${options.port} may not be opened by this user: choose one above 1023 with --port`;
  }
  return error.message;
}

function loggerTo(output: ProgramOutput): Logger {
  return {
    info: (message) => output.err(message),
    warn: (message) => output.err(`warning: ${message}`),
    error: (message) => output.err(`error: ${message}`),
  };
}
