import { type FaultPolicy, parseDurationMs } from "@intramesh/core";
import type { HttpFaultInjection } from "../spec/virtual-service.ts";

/** A share that nobody wrote is nobody's. An abort without a kind is dropped, as Istio does. */
export function translateFault(spec: HttpFaultInjection | undefined): FaultPolicy | undefined {
  const delay = translateDelay(spec?.delay);
  const abort = translateAbort(spec?.abort);
  return delay === undefined && abort === undefined ? undefined : { delay, abort };
}

function translateDelay(delay: HttpFaultInjection["delay"]): FaultPolicy["delay"] {
  const ms = delay?.fixedDelay === undefined ? undefined : parseDurationMs(delay.fixedDelay);
  return ms === undefined ? undefined : { percent: delay?.percentage?.value ?? delay?.percent ?? 0, ms };
}

function translateAbort(abort: HttpFaultInjection["abort"]): FaultPolicy["abort"] {
  if (abort === undefined || (abort.httpStatus === undefined && abort.grpcStatus === undefined)) return undefined;
  return { percent: abort.percentage?.value ?? 0, httpStatus: abort.httpStatus, grpcStatus: abort.grpcStatus };
}
