import type { MeshPolicy, PolicyChange } from "@intramesh/core";

/** A policy, and in what it differs from the one that the same builder made before. */
export interface PolicyUpdate {
  readonly policy: MeshPolicy;
  /** Undefined: anything may be different. */
  readonly change: PolicyChange | undefined;
}
