import type { Exchange } from "@intramesh/core";
import type { Dispatcher } from "undici";
import type { Attempt } from "./attempt.ts";
import { movingBody } from "./moving-body.ts";

/**
 * Something to surround a dispatch with, undefined where there is nothing at the moment. Asked for each attempt. The mesh
 * hides its attempts from other instrumentation by it.
 */
export type DispatchShield = () => ((dispatch: () => void) => void) | undefined;

/** What is the same for all attempts. */
export interface Sending {
  readonly shield: DispatchShield;
  /** A body of which not a byte moves for as long is broken off; 0: never. */
  readonly bodyIdleTimeoutMs: number;
}

/** `dispatch` behind the shield; what it returns. */
export function shielded(shield: DispatchShield, dispatch: () => boolean): boolean {
  const surround = shield();
  if (surround === undefined) return dispatch();
  let isFree = false;
  surround(() => {
    isFree = dispatch();
  });
  return isFree;
}

/** undici does not say that it takes chunks. */
type Body = NonNullable<Dispatcher.DispatchOptions["body"]> | null;

/** `origin` for an Agent, which looks its pool up by it; `reset` closes the connection behind the response. */
export type AttemptOptions = { readonly origin: string } | { readonly reset: boolean };

/** Hands the request of an attempt to undici, which answers through the attempt whatever comes. */
export function dispatchAttempt(
  dispatcher: Dispatcher,
  exchange: Exchange,
  attempt: Attempt,
  extra: AttemptOptions,
  { shield, bodyIdleTimeoutMs }: Sending,
): void {
  const { path, method, authority } = exchange;
  const headers = ["host", authority, ...exchange.headers.flat];
  const opened = exchange.body.open();
  const chunked = bodyIdleTimeoutMs > 0 && opened !== null && typeof opened === "object" && !ArrayBuffer.isView(opened);
  const body = chunked
    ? movingBody(opened as AsyncIterable<Uint8Array>, bodyIdleTimeoutMs, () => attempt.stall())
    : opened;
  try {
    const options = { path, method, headers, body: body as Body, ...extra };
    const surround = shield();
    if (surround === undefined) dispatcher.dispatch(options, attempt);
    else surround(() => dispatcher.dispatch(options, attempt));
  } catch (error) {
    attempt.onResponseError(undefined as never, error as Error);
  }
}
