import { type ConnectionPoolPolicy, noCeilings } from "@intramesh/core";

/** A pool without ceilings, but for `parts`. */
export function poolOf(parts: Partial<ConnectionPoolPolicy> = {}): ConnectionPoolPolicy {
  return { ...noCeilings, ...parts };
}
