import { parseDurationMs } from "@intramesh/core";
import type { Place } from "./place.ts";

/** Checks a duration as Istio does: at least 1ms, whole milliseconds. Undefined passes. */
export function checkDuration(text: string | undefined, place: Place): void {
  checkDurationFrom(1, text, place);
}

/** The same where 0s means something. */
export function checkDurationOrZero(text: string | undefined, place: Place): void {
  checkDurationFrom(0, text, place);
}

function checkDurationFrom(leastMs: number, text: string | undefined, place: Place): void {
  if (text === undefined) return;
  const ms = parseDurationMs(text);
  if (ms === undefined) place.error(`"${text}" is not a duration: write 1.5s, 500ms or 1m30s`);
  else if (ms < leastMs) place.error(`${text} is too short: at least ${leastMs}ms; leave the field out for none`);
  else if (!Number.isInteger(ms)) place.error(`${text} is too fine: whole milliseconds`);
}
