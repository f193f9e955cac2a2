import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A process of this folder that is spoken to in messages. */
export interface Child<Order, Report extends { readonly kind: string }> {
  send(order: Order): void;
  /** The next report of a kind. Rejects where the process ends before. */
  next<Kind extends Report["kind"]>(kind: Kind): Promise<Extract<Report, { readonly kind: Kind }>>;
  /** Kills it, and resolves when it is gone. */
  kill(): Promise<void>;
}

export function startChild<Order extends object, Report extends { readonly kind: string }>(
  file: string,
  ...args: readonly string[]
): Child<Order, Report> {
  const execArgv = ["--conditions=@intramesh/source", "--expose-gc"];
  const child: ChildProcess = fork(join(import.meta.dirname, file), args, { execArgv, stdio: "inherit" });
  const waiting: { readonly kind: string; resolve(report: Report): void; reject(error: Error): void }[] = [];
  const arrived: Report[] = [];
  child.on("message", (report: Report) => {
    const at = waiting.findIndex(({ kind }) => kind === report.kind);
    if (at < 0) arrived.push(report);
    else waiting.splice(at, 1)[0]!.resolve(report);
  });
  child.on("exit", (code) => {
    for (const { reject } of waiting) reject(new Error(`${file} ended with ${code}`));
  });
  return {
    send: (order) => void child.send(order),
    next(kind) {
      type Wanted = Extract<Report, { readonly kind: typeof kind }>;
      const at = arrived.findIndex((report) => report.kind === kind);
      // Reports are told apart by their kind.
      if (at >= 0) return Promise.resolve(arrived.splice(at, 1)[0] as Wanted);
      return new Promise((resolve, reject) =>
        waiting.push({ kind, resolve: (report) => resolve(report as Wanted), reject }),
      );
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}
