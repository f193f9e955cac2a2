import type { AbortReason, Exchange, Outcome, Scheduler } from "@intramesh/core";

/** Waits, unless the exchange is ended first: then it returns at once and `exchange.aborted` says why. */
export function pause(exchange: Exchange, delayMs: number, scheduler: Scheduler): Promise<void> {
  if (exchange.aborted !== undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      exchange.cancel = undefined;
      stop();
      resolve();
    };
    const stop = scheduler.after(delayMs, wake);
    exchange.cancel = wake;
  });
}

/** How an exchange ends that was cut short while nothing was on the wire. */
export function interruptedOutcome(reason: AbortReason): Outcome {
  if (reason.kind === "timeout") return { kind: "reset", reason: "timeout", beforeRequest: true, cause: undefined };
  if (reason.kind === "caller")
    return { kind: "reset", reason: "caller gone", beforeRequest: true, cause: reason.cause };
  return { kind: "reset", reason: "local reset", beforeRequest: true, cause: undefined };
}
