import type { Exchange, Outcome, Service } from "@intramesh/core";
import type { Place } from "@intramesh/resilience";
import { interruptedOutcome } from "./pause.ts";

/**
 * Runs a request in a place, at once or after waiting for it, and leaves the place when the response has ended.
 * Undefined where `enter` refuses.
 */
export function waitForPlace(
  exchange: Exchange,
  enter: (start: () => void) => Place | undefined,
  next: Service,
): Promise<Outcome> | undefined {
  let begin = (): void => undefined;
  const place = enter(() => begin());
  if (place === undefined) return undefined;
  if (!place.waiting) return hold(place, exchange, next);
  const woken = new Promise<void>((resolve) => {
    begin = resolve;
    exchange.cancel = () => resolve();
  });
  return woken.then(() => {
    exchange.cancel = undefined;
    if (exchange.aborted === undefined) return hold(place, exchange, next);
    place.leave();
    return interruptedOutcome(exchange.aborted);
  });
}

function hold(place: Place, exchange: Exchange, next: Service): Promise<Outcome> {
  return next(exchange).then((outcome) => {
    if (outcome.kind === "response") outcome.body.onSettled(() => place.leave());
    else place.leave();
    return outcome;
  });
}
