import type { AbortReason, Exchange, Outcome, Service } from "@intramesh/core";
import type { Place } from "@intramesh/resilience";
import { interruptedOutcome } from "./pause.ts";
import type { WaitingRequests } from "./waiting-requests.ts";

/**
 * Runs a request in a place, at once or after waiting for it, and leaves the place when the response has ended.
 * Undefined where `enter` refuses. Whatever ends the wait early, the whole request's end or a limit of one attempt, ends it
 * without the place.
 */
export function waitForPlace(
  exchange: Exchange,
  enter: (start: () => void) => Place | undefined,
  next: Service,
  waiting: WaitingRequests,
): Promise<Outcome> | undefined {
  let begin = (): void => undefined;
  const place = enter(() => begin());
  if (place === undefined) return undefined;
  if (!place.waiting) return hold(place, exchange, next);
  const woken = new Promise<AbortReason | undefined>((resolve) => {
    begin = () => resolve(undefined);
    exchange.cancel = resolve;
    if (exchange.aborted !== undefined) resolve(exchange.aborted);
    waiting.add(exchange);
  });
  return woken.then((cut) => {
    waiting.delete(exchange);
    exchange.cancel = undefined;
    const reason = exchange.aborted ?? cut;
    if (reason === undefined) return hold(place, exchange, next);
    place.leave();
    return interruptedOutcome(reason);
  });
}

function hold(place: Place, exchange: Exchange, next: Service): Promise<Outcome> {
  return next(exchange).then((outcome) => {
    if (outcome.kind === "response") outcome.body.onSettled(() => place.leave());
    else place.leave();
    return outcome;
  });
}
