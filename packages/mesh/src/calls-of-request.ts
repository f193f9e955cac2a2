import type { Exchange } from "@intramesh/core";
import type { AmbientContext } from "@intramesh/telemetry";
import { abortExchange } from "@intramesh/transport";

/** Ties an outbound call to the inbound request that it is made for: its deadline, its retries, its end. */
export function joinRequest(exchange: Exchange, ambient: AmbientContext): void {
  exchange.deadline = ambient.deadline;
  exchange.chained = ambient.isRetry;
  ambient.calls.add(exchange);
}

/** The call has ended, or nobody waits for it. */
export function leaveRequest(exchange: Exchange, ambient: AmbientContext): void {
  ambient.calls.delete(exchange);
}

/** The inbound caller went away: nobody waits for the answers of the calls that still run. */
export function abortCalls(ambient: AmbientContext): void {
  const cause = new Error("the caller of the request that this call was made for went away");
  for (const exchange of ambient.calls) abortExchange(exchange, { kind: "caller", cause });
  ambient.calls.clear();
}
