import type { MeshPolicy, ServicePolicy, VirtualHostPolicy } from "./policy.ts";

/** One thing that came (no `before`), went (no `after`) or is another now. */
export interface Replacement<Value> {
  readonly before: Value | undefined;
  readonly after: Value | undefined;
}

/** In what a policy differs from the one before it; everything that is not named is the same object in both. */
export interface PolicyChange {
  /** The policy before. */
  readonly since: MeshPolicy;
  readonly services: readonly Replacement<ServicePolicy>[];
  readonly virtualHosts: readonly Replacement<VirtualHostPolicy>[];
  /** False where all clusters of the host are as before, endpoints and policy. */
  touches(host: string): boolean;
}
