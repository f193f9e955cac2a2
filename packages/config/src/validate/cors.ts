import { parseDurationMs } from "@intramesh/core";
import type { CorsPolicySpec } from "../spec/virtual-service.ts";
import { checkDuration } from "./durations.ts";
import { findHeaderNameFault } from "./http-headers.ts";
import type { Place } from "./place.ts";
import { checkStringMatch } from "./string-match.ts";

const secondMs = 1_000;

/** Checks a corsPolicy. */
export function checkCors(cors: CorsPolicySpec, place: Place): void {
  for (const [at, origin] of (cors.allowOrigins ?? []).entries()) {
    const entry = place.field("allowOrigins").at(at);
    if (!origin.exact && origin.prefix === undefined && origin.regex === undefined) {
      entry.error('names no origin: it needs exact, prefix or regex; exact "*" is any origin');
    }
    checkStringMatch(origin, entry);
  }
  if (cors.allowOrigin !== undefined) place.field("allowOrigin").warn("is deprecated: use allowOrigins", "IST0002");
  for (const list of ["allowHeaders", "exposeHeaders"] as const) {
    for (const [at, name] of (cors[list] ?? []).entries()) {
      const fault = name === "*" ? undefined : findHeaderNameFault(name);
      if (fault !== undefined) place.field(list).at(at).error(fault);
    }
  }
  checkDuration(cors.maxAge, place.field("maxAge"));
  const maxAgeMs = cors.maxAge === undefined ? undefined : parseDurationMs(cors.maxAge);
  if (maxAgeMs !== undefined && maxAgeMs >= 1 && maxAgeMs % secondMs !== 0) {
    place.field("maxAge").error(`${cors.maxAge} is too fine: browsers count whole seconds`);
  }
}
