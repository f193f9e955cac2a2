import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Behaviour, Command, Reply, Seen } from "./behaviour.ts";

/** A replica in a process of its own. */
export interface Replica {
  readonly name: string;
  readonly port: number;
  /** Resolves when requests from now on are answered so. */
  behave(behaviour: Behaviour): Promise<void>;
  seen(): Promise<Seen>;
  /** Requests seen so far are no longer told. */
  forget(): Promise<void>;
  /** SIGSTOP: the kernel goes on taking connections, nobody answers. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

export interface ReplicaOptions {
  /** Connections that wait to be taken; 511. */
  readonly backlog?: number;
  /** Closes connections that were idle for so long, without having said so; never. In ms. */
  readonly closeIdleMs?: number;
}

type CommandBody = Command extends infer C ? (C extends Command ? Omit<C, "number"> : never) : never;

export function startReplica(name: string, options: ReplicaOptions = {}): Promise<Replica> {
  const { backlog = 511, closeIdleMs = 0 } = options;
  return start("replica.ts", name, [String(backlog), String(closeIdleMs)]);
}

/** A service in a process of its own that calls the port as its `reviews`, under what `yaml` says. Behaves in one way. */
export function startTier(name: string, port: number, yaml: string): Promise<Replica> {
  return start("tier.ts", name, [String(port), yaml]);
}

async function start(program: string, name: string, rest: readonly string[]): Promise<Replica> {
  const child = fork(join(import.meta.dirname, program), [name, ...rest]);
  const [first] = (await once(child, "message")) as [Reply];
  if (!("listening" in first)) throw new Error(`${name} said ${JSON.stringify(first)} instead of its port`);
  const ask = asker(child);
  return {
    name,
    port: first.listening,
    behave: async (behaviour) => void (await ask({ ask: "behave", behaviour })),
    seen: async () => (await ask({ ask: "seen" }))!,
    forget: async () => void (await ask({ ask: "forget" })),
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    kill: () => kill(child),
  };
}

function asker(child: ChildProcess): (command: CommandBody) => Promise<Seen | undefined> {
  const waiting = new Map<number, (seen: Seen | undefined) => void>();
  let number = 0;
  child.on("message", (reply: Reply) => {
    if ("listening" in reply) return;
    waiting.get(reply.number)?.(reply.seen);
    waiting.delete(reply.number);
  });
  return (command) =>
    new Promise((resolve) => {
      number += 1;
      waiting.set(number, resolve);
      child.send({ ...command, number });
    });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
