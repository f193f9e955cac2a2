import { parseDurationMs } from "@intramesh/core";
import type { CorsPolicySpec } from "../spec/virtual-service.ts";
import { checkDuration } from "./durations.ts";
import type { Place } from "./place.ts";
import { checkStringMatch } from "./string-match.ts";

const secondMs = 1_000;

/** Checks a corsPolicy. */
export function checkCors(cors: CorsPolicySpec, place: Place): void {
  for (const [at, origin] of (cors.allowOrigins ?? []).entries())
    checkStringMatch(origin, place.field("allowOrigins").at(at));
  if (cors.allowOrigin !== undefined) place.field("allowOrigin").warn("is deprecated: use allowOrigins", "IST0002");
  for (const list of ["allowHeaders", "exposeHeaders"] as const) {
    for (const [at, name] of (cors[list] ?? []).entries()) {
      if (name === "") place.field(list).at(at).error("a header needs a name");
    }
  }
  checkDuration(cors.maxAge, place.field("maxAge"));
  const maxAgeMs = cors.maxAge === undefined ? undefined : parseDurationMs(cors.maxAge);
  if (maxAgeMs !== undefined && maxAgeMs >= 1 && maxAgeMs % secondMs !== 0) {
    place.field("maxAge").error(`${cors.maxAge} is too fine: browsers count whole seconds`);
  }
}
