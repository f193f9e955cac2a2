import type { BodyFlow, Scheduler } from "@intramesh/core";

/** How long the rest of an answer may take that another one has taken the place of. */
const restLimitMs = 250;

/**
 * Drops the body of an answer that nobody gets. Its place and its connection come back when it has ended, and at the latest
 * a moment later: the attempt that follows may be waiting for them. Envoy resets the stream at once.
 */
export function letGo(body: BodyFlow, scheduler: Scheduler): void {
  body.discard();
  const cut = scheduler.after(restLimitMs, () => body.abort(new Error("the rest of a response that is not wanted")));
  body.onSettled(cut);
}
