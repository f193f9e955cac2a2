/** What became of a load. */
export interface LoadReport {
  readonly sent: number;
  /** One line for each request that did not bring what it should. */
  readonly failures: readonly string[];
}

/** Calls `request` at a steady rate, whether or not earlier calls have ended, until it is stopped. */
export function startLoad(perSecond: number, request: () => Promise<void>): { stop(): Promise<LoadReport> } {
  const failures: string[] = [];
  const running = new Set<Promise<void>>();
  let sent = 0;
  const timer = setInterval(() => {
    const number = ++sent;
    const call: Promise<void> = request()
      .catch((error: Error) => {
        failures.push(`request ${number} at ${new Date().toISOString()}: ${error.message}`);
      })
      .finally(() => running.delete(call));
    running.add(call);
  }, 1_000 / perSecond);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(running);
      return { sent, failures };
    },
  };
}
