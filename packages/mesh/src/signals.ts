/*
 * SIGTERM and SIGINT for programs that do not listen to them. One listener for each signal serves all meshes of the
 * process; other installed copies of this module are known by a mark on theirs.
 */

/** How a mesh wants to end when the process is told to. */
export interface SignalTask {
  close(): Promise<void>;
  /**
   * What happens where the program listens to the signal itself: `leave` leaves everything to it; `close` closes all the
   * same, for a program that does not know of the mesh, and leaves only the end of the process to it.
   */
  readonly beside: "leave" | "close";
}

type Signal = NodeJS.Signals;
type SignalListener = ((signal: Signal) => void) & { readonly [mark]?: true };

const signals: readonly Signal[] = ["SIGTERM", "SIGINT"];
const mark: unique symbol = Symbol.for("intramesh.signalListener");
const tasks = new Set<SignalTask>();
/** A signal has come that is for us; the next one ends the process at once. */
let ending = false;
const listener: SignalListener = Object.assign((signal: Signal) => void end(signal), { [mark]: true } as const);

/**
 * From here on the first SIGTERM or SIGINT runs `task.close()` and then ends the process as the signal does by default;
 * a second one ends it at once. Returns what takes the task back.
 */
export function closeOnSignal(task: SignalTask): () => void {
  if (tasks.size === 0) listen();
  tasks.add(task);
  return () => {
    tasks.delete(task);
    if (tasks.size === 0) stopListening();
  };
}

async function end(signal: Signal): Promise<void> {
  if (programListens(signal)) {
    // Before anything else hears of the signal: libraries that end the process do so where they listen alone.
    stopListening();
    await closeAll("close");
    return;
  }
  if (!ending) {
    ending = true;
    await closeAll("close", "leave");
  }
  stopListening();
  // Where another copy still closes its meshes it does this when it is done.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
}

async function closeAll(...beside: readonly SignalTask["beside"][]): Promise<void> {
  const due = [...tasks].filter((task) => beside.includes(task.beside));
  // A mesh that cannot close in order must not keep the process from its end.
  await Promise.allSettled(due.map((task) => task.close()));
}

function programListens(signal: Signal): boolean {
  return process.listeners(signal).some((each) => (each as SignalListener)[mark] === undefined);
}

function listen(): void {
  // In front, so that a listener of the program for one signal only is still there when it is looked for.
  for (const signal of signals) process.prependListener(signal, listener);
}

function stopListening(): void {
  for (const signal of signals) process.removeListener(signal, listener);
}
