import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** A registry in a process of its own. */
export interface RegistryProcess {
  readonly url: string;
  readonly pid: number;
  /** What it wrote to stderr so far. */
  readonly log: string;
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL; resolves once it is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
}

/** How to run it, beside its data folder. */
export interface ProcessOptions {
  /** 0 takes a free one. */
  readonly port?: number;
  /** A program, and its arguments, that runs the registry's process: `strace …`. */
  readonly under?: readonly string[];
}

/** Starts the registry's program on `data`; rejects with what it said where it does not come up. */
export async function startRegistryProcess(data: string, options: ProcessOptions = {}): Promise<RegistryProcess> {
  const { port = 0, under = [] } = options;
  const program = `import { runRegistry } from "@intramesh/registry/bin";
    process.exitCode = await runRegistry({ port: ${port}, data: ${JSON.stringify(data)} });`;
  const node = [process.execPath, "--conditions=@intramesh/source", "--disable-warning=ExperimentalWarning"];
  const [command, ...args] = [...under, ...node, "--input-type=module", "--eval", program];
  const child = spawn(command!, args, { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    log += chunk;
  });
  const exited = once(child, "close");
  const url = await Promise.race([listeningUrl(child), exited.then(() => undefined)]);
  if (url === undefined) throw new Error(log.trim() || "the registry ended without a word");
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  return {
    url,
    pid: child.pid!,
    get log() {
      return log;
    },
    signal: (signal) => void child.kill(signal),
    kill: () => end("SIGKILL"),
    async stop() {
      await end("SIGTERM");
      return child.exitCode;
    },
  };
}

async function listeningUrl(child: ChildProcess): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const url = /^registry listening on (http:\/\/\S+), /.exec(line)?.[1];
    if (url !== undefined) return url;
  }
  return undefined;
}
