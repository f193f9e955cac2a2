import type { FaultPolicy } from "@intramesh/core";
import { grpcStatusNumber } from "./grpc-status.ts";

/** What happens to one request. Both may: the delay comes first. */
export interface FaultDecision {
  readonly delayMs: number | undefined;
  readonly abort: { readonly status: number; readonly grpcStatus: number | undefined } | undefined;
}

/** Resolution of a percentage in Istio's translation to Envoy (pilot/pkg/networking/core/route, FractionalPercent). */
const million = 1_000_000;

/** gRPC's UNKNOWN, for a status that is none. */
const unknownGrpcStatus = 2;

/** Throws the dice of Istio's `fault`; the rolls are independent, each in [0, 1). */
export function decideFault(fault: FaultPolicy, delayRoll: number, abortRoll: number): FaultDecision {
  const { delay, abort } = fault;
  return {
    delayMs: delay !== undefined && isHit(delay.percent, delayRoll) ? delay.ms : undefined,
    abort: abort !== undefined && isHit(abort.percent, abortRoll) ? abortWith(abort) : undefined,
  };
}

function isHit(percent: number, roll: number): boolean {
  return Math.floor(roll * million) < Math.floor(percent * (million / 100));
}

/** An abort that names no status aborts nothing, as Istio drops it. */
function abortWith({ httpStatus, grpcStatus }: NonNullable<FaultPolicy["abort"]>): FaultDecision["abort"] {
  if (httpStatus !== undefined) return { status: httpStatus, grpcStatus: undefined };
  if (grpcStatus === undefined) return undefined;
  return { status: 200, grpcStatus: grpcStatusNumber(grpcStatus) ?? unknownGrpcStatus };
}
