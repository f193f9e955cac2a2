import type { Scheduler } from "@intramesh/core";
import type { Inbound } from "@intramesh/transport";
import type { Advertisement } from "./advertisement.ts";

/** Event streams that were ended, and answers whose reader is slow, get this long to arrive before they are cut. */
const lastWordsMs = 500;

/** What is drained, and for how long. */
export interface DrainParts {
  readonly advertisement: Pick<Advertisement, "close">;
  readonly inbound: Pick<Inbound, "announceClose" | "drain" | "endEventStreams" | "cut">;
  /** From leaving the registry until nothing new is accepted: callers have to hear of it. */
  readonly drainDelayMs: number;
  /** For requests that run then. */
  readonly drainTimeoutMs: number;
  readonly scheduler: Scheduler;
}

/**
 * Takes the process out of the way of its callers: it leaves the registry, goes on serving until they have heard of it,
 * accepts nothing new, finishes what runs, and cuts what does not end. A process that callers never knew of skips the
 * delay.
 */
export async function drain(parts: DrainParts): Promise<void> {
  const { advertisement, inbound, drainDelayMs, drainTimeoutMs, scheduler } = parts;
  const wasAdvertised = await advertisement.close();
  inbound.announceClose();
  if (wasAdvertised && drainDelayMs > 0) await passed(drainDelayMs, scheduler);
  const idle = inbound.drain();
  if (await within(idle, drainTimeoutMs, scheduler)) return;
  inbound.endEventStreams();
  if (await within(idle, lastWordsMs, scheduler)) return;
  inbound.cut();
}

/** True where the promise came to its end in time. */
export function within(promise: Promise<unknown>, limitMs: number, scheduler: Scheduler): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const cancel = scheduler.after(limitMs, () => resolve(false));
    promise.then(() => resolve(true), reject).finally(cancel);
  });
}

function passed(delayMs: number, scheduler: Scheduler): Promise<void> {
  return new Promise((resolve) => {
    scheduler.after(delayMs, resolve);
  });
}
