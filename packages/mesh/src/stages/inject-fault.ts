import { type Exchange, HeaderMap, type Outcome, type ResponseFlag, type Service } from "@intramesh/core";
import { decideFault } from "@intramesh/resilience";
import { localResponse } from "@intramesh/transport";
import type { Runtime, Stage } from "../chain.ts";
import { interruptedOutcome, pause } from "../pause.ts";

/** Istio's `fault`: a delay, then an abort, each with dice of its own. Holds no connection while it waits. */
export const injectFault: Stage = {
  role: "fault",
  filter: ({ route }, runtime) => {
    const fault = route?.policy.fault;
    if (fault === undefined) return undefined;
    return (next) => (exchange) => {
      const { delayMs, abort } = decideFault(fault, runtime.random(), runtime.random());
      if (delayMs === undefined)
        return abort === undefined ? next(exchange) : Promise.resolve(aborted(exchange, abort));
      return delayed(
        exchange,
        delayMs,
        runtime,
        abort === undefined ? next : (late) => Promise.resolve(aborted(late, abort)),
      );
    };
  },
};

async function delayed(exchange: Exchange, delayMs: number, runtime: Runtime, next: Service): Promise<Outcome> {
  addFlag(exchange, "DI");
  await pause(exchange, delayMs, runtime);
  return exchange.aborted === undefined ? next(exchange) : interruptedOutcome(exchange.aborted);
}

function aborted(
  exchange: Exchange,
  abort: { readonly status: number; readonly grpcStatus: number | undefined },
): Outcome {
  addFlag(exchange, "FI");
  if (abort.grpcStatus === undefined) return localResponse(abort.status, "fault filter abort");
  const headers = new HeaderMap(["content-type", "application/grpc", "grpc-status", String(abort.grpcStatus)]);
  return localResponse(abort.status, "", headers);
}

function addFlag(exchange: Exchange, flag: ResponseFlag): void {
  exchange.flags = [...exchange.flags, flag];
}
