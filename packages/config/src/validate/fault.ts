import type { HttpFaultInjection } from "../spec/virtual-service.ts";
import { checkDuration } from "./durations.ts";
import { checkPercentage } from "./http-destinations.ts";
import type { Place } from "./place.ts";

/** Checks a fault: it has a delay or an abort, with values that can be. */
export function checkFault({ delay, abort }: HttpFaultInjection, place: Place): void {
  if (delay === undefined && abort === undefined) place.error("does nothing: it needs a delay or an abort");
  if (delay !== undefined) checkDelay(delay, place.field("delay"));
  if (abort !== undefined) checkAbort(abort, place.field("abort"));
}

function checkDelay(delay: NonNullable<HttpFaultInjection["delay"]>, place: Place): void {
  checkPercentage(delay.percentage, place.field("percentage"));
  checkDuration(delay.fixedDelay, place.field("fixedDelay"));
  if (delay.exponentialDelay !== undefined) place.field("exponentialDelay").error("is not supported: use fixedDelay");
  if (delay.percent === undefined) return;
  place.field("percent").warn("is deprecated: use percentage", "IST0002");
  if (delay.percent < 0 || delay.percent > 100)
    place.field("percent").error(`${delay.percent} is not a percentage: 0 to 100`);
}

function checkAbort(abort: NonNullable<HttpFaultInjection["abort"]>, place: Place): void {
  const { httpStatus, grpcStatus, http2Error } = abort;
  checkPercentage(abort.percentage, place.field("percentage"));
  if (httpStatus !== undefined && grpcStatus !== undefined)
    place.error("httpStatus and grpcStatus exclude each other: keep one");
  if (httpStatus !== undefined && (httpStatus < 200 || httpStatus > 600)) {
    place.field("httpStatus").error(`${httpStatus} is not a status to answer with: 200 to 600`);
  }
  if (http2Error !== undefined) place.field("http2Error").error("is not supported: use httpStatus or grpcStatus");
}
