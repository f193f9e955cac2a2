import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { ProgramMessage } from "./starter.ts";

/** One program to start as a process of its own. */
export interface ProgramOptions {
  /** For people: `reviews-v2`. */
  readonly name: string;
  /** Its main module. */
  readonly module: URL;
  readonly args: readonly string[];
  /** Beside the environment of this process; undefined takes a variable of it away. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Takes the lines that it writes. */
  log(line: string): void;
}

/** A process of the example. */
export interface Program {
  readonly name: string;
  readonly pid: number;
  /** Resolves to where it listens; rejects where it ends before that. */
  listening(): Promise<string>;
  /** Resolves when the others can find it; rejects where it ends before that. */
  ready(): Promise<void>;
  /** Resolves to how it ended, in words. */
  readonly ended: Promise<string>;
  /** Lets it end what it does, for fifteen seconds at most. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
}

/** More than a mesh takes to drain (10 s) and to leave the registry (2 s). */
const stopTimeoutMs = 15_000;

/** Starts a program. It ends with this process, and not by a Ctrl-C, which is this process's to act upon. */
export function startProgram(options: ProgramOptions): Program {
  const { name, module, args, environment } = options;
  const child = fork(module, args, {
    // A process group of its own: a terminal sends Ctrl-C to the whole group at once, and the registry would go first.
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    env: { ...process.env, ...environment },
  });
  forwardLines(child.stdout, options.log);
  forwardLines(child.stderr, options.log);

  // "close" comes after the last line, "exit" may come before it.
  const ended = once(child, "close").then(([code, signal]: (number | string | null)[]) =>
    signal === null ? `exit code ${code}` : `${signal}`,
  );
  const tooEarly = ended.then((how) => {
    throw new Error(`${name} ended before it was ready (${how}): what it wrote says why`);
  });
  const listening = Promise.race([heard(child, "listening").then((message) => message.url), tooEarly]);
  const ready = Promise.race([heard(child, "ready").then(() => {}), tooEarly]);
  // Whoever asks hears of it.
  for (const promise of [listening, ready]) promise.catch(() => {});

  async function end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    child.kill(signal);
    const patience = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
    await ended;
    clearTimeout(patience);
  }

  return {
    name,
    pid: child.pid ?? 0,
    listening: () => listening,
    ready: () => ready,
    ended,
    stop: () => end("SIGTERM"),
    kill: () => end("SIGKILL"),
  };
}

type MessageOf<Type> = Extract<ProgramMessage, { readonly type: Type }>;

function heard<Type extends ProgramMessage["type"]>(child: ChildProcess, type: Type): Promise<MessageOf<Type>> {
  return new Promise((resolve) => {
    child.on("message", (message) => {
      // Only `tellStarter` writes to this channel.
      const said = message as ProgramMessage;
      if (said.type === type) resolve(said as MessageOf<Type>);
    });
  });
}

function forwardLines(stream: Readable | null, log: (line: string) => void): void {
  if (stream !== null) createInterface({ input: stream }).on("line", log);
}
