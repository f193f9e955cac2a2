/** What a program of the example tells the one that started it. */
export type ProgramMessage =
  /** It accepts connections. */
  | { readonly type: "listening"; readonly url: string }
  /** It is known to the others. */
  | { readonly type: "ready" };

/** Tells whoever started this process; says it on the console where a person did. */
export function tellStarter(message: ProgramMessage): void {
  if (process.connected) process.send?.(message);
  else console.log(message.type === "listening" ? `listening on ${message.url}` : "ready");
}

/** Runs `close` once, when the process is told to stop or its starter is gone; the process ends after it. */
export function whenToldToStop(close: () => Promise<void>): void {
  let stopping = false;
  const stop = async (): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await close();
    // The channel to the starter would keep the process alive.
    if (process.connected) process.disconnect();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  process.on("disconnect", stop);
}
