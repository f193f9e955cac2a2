import { resolve } from "node:path";
import { createRegistry, type Registry } from "./create-registry.ts";
import type { Logger } from "./logger.ts";
import { inMemory } from "./options.ts";

/** What `intramesh registry` was called with. */
export interface RunRegistryOptions {
  readonly host?: string;
  readonly port?: number;
  readonly data?: string;
  readonly tokenFile?: string;
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
