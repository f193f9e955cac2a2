import { type ChildProcess, type ForkOptions, fork } from "node:child_process";
import { once } from "node:events";

/** A program of this folder in a process of its own. */
export interface Child {
  readonly process: ChildProcess;
  /** Sends `message` and resolves to the next answer. */
  ask<Answer>(message: object): Promise<Answer>;
  end(): Promise<void>;
}

export interface ChildOptions {
  /** Beside those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files that it may have open at once. */
  readonly maxFiles?: number;
}

/** Starts `file` with `args`; resolves when it has said that it is ready. */
export async function startChild(file: string, args: readonly string[], options: ChildOptions = {}): Promise<Child> {
  const { env, maxFiles } = options;
  const nodeOptions = ["--conditions=@intramesh/source"];
  const starved: ForkOptions = {
    execPath: "/bin/sh",
    execArgv: ["-c", `ulimit -n ${maxFiles}; exec "$0" "$@"`, process.execPath, ...nodeOptions],
  };
  const child = fork(new URL(file, import.meta.url), args, {
    env: { ...process.env, ...env },
    ...(maxFiles === undefined ? { execArgv: nodeOptions } : starved),
  });
  await next(child);
  return {
    process: child,
    ask(message) {
      const answer = next(child);
      child.send(message);
      return answer as never;
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function next(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null, signal: string | null): void => {
      reject(new Error(`the child ended with ${signal ?? code} before it answered`));
    };
    child.once("exit", onExit);
    child.once("message", (message) => {
      child.off("exit", onExit);
      resolve(message);
    });
  });
}
