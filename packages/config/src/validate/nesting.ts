import type { Place } from "./place.ts";

/** Levels of lists and objects that a resource may have, itself included; Istio's deepest have fewer than 20. */
export const maxNesting = 100;

/** Reports a value that is nested too deep to be walked safely; true where it may be looked at. */
export function checkNesting(value: unknown, place: Place): boolean {
  if (!isDeeperThan(maxNesting, value)) return true;
  place.error(`is nested more than ${maxNesting} levels deep, which no resource needs: make it flatter`);
  return false;
}

/** Looks no deeper than it says, whatever there is. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (levels === 0) return true;
  for (const inner of Object.values(value)) if (isDeeperThan(levels - 1, inner)) return true;
  return false;
}
