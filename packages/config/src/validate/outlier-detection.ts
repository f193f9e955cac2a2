import type { OutlierDetectionSpec } from "../spec/destination-rule.ts";
import { checkDuration } from "./durations.ts";
import type { Place } from "./place.ts";

/** Checks an outlierDetection block. */
export function checkOutlierDetection(spec: OutlierDetectionSpec, place: Place): void {
  checkDuration(spec.interval, place.field("interval"));
  checkDuration(spec.baseEjectionTime, place.field("baseEjectionTime"));
  for (const name of ["maxEjectionPercent", "minHealthPercent"] as const) {
    const value = spec[name] ?? 0;
    if (value < 0 || value > 100) place.field(name).error(`${value} is not a percentage: 0 to 100`);
  }
  if ((spec.consecutiveLocalOriginFailures ?? 0) > 0 && spec.splitExternalLocalOriginErrors !== true) {
    place
      .field("consecutiveLocalOriginFailures")
      .error("counts only where splitExternalLocalOriginErrors is true: set it");
  }
  if (spec.consecutiveErrors !== undefined) {
    place.field("consecutiveErrors").warn("is deprecated and ignored: use consecutive5xxErrors", "IST0002");
  }
  for (const [at, code] of (spec.outlierDetectionHttpErrorCodes ?? []).entries()) {
    if (code < 100 || code > 599)
      place.field("outlierDetectionHttpErrorCodes").at(at).error(`${code} is not a status: 100 to 599`);
  }
}
