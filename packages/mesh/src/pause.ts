import type { AbortReason, Exchange, Outcome } from "@intramesh/core";
import type { Runtime } from "./chain.ts";

/**
 * Waits for `delayMs`, or for `until` where that is sooner, unless the exchange is ended first: then it returns at once and
 * `exchange.aborted` says why.
 */
export function pause(
  exchange: Exchange,
  delayMs: number,
  { scheduler, waiting }: Pick<Runtime, "scheduler" | "waiting">,
  until?: Promise<unknown>,
): Promise<void> {
  if (exchange.aborted !== undefined) return Promise.resolve();
  return new Promise((resolve) => {
    const wake = (): void => {
      if (exchange.cancel === wake) exchange.cancel = undefined;
      waiting.delete(exchange);
      stop();
      resolve();
    };
    const stop = scheduler.after(delayMs, wake);
    exchange.cancel = wake;
    waiting.add(exchange);
    void until?.then(wake);
  });
}

/** How an exchange ends that was cut short while nothing was on the wire. */
export function interruptedOutcome(reason: AbortReason): Outcome {
  if (reason.kind === "timeout") {
    const ended = reason.perTry ? "per try timeout" : "timeout";
    return { kind: "reset", reason: ended, beforeRequest: true, cause: undefined };
  }
  if (reason.kind === "caller")
    return { kind: "reset", reason: "caller gone", beforeRequest: true, cause: reason.cause };
  return { kind: "reset", reason: "local reset", beforeRequest: true, cause: undefined };
}
