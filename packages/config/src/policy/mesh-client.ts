import type { Labels } from "@intramesh/core";

/** For whom a policy is made: what the selectors of the configuration are held against. */
export interface MeshClient {
  readonly namespace: string;
  readonly labels: Labels;
  /** Its own `region/zone/subzone`, any part may be missing; absent where unknown. */
  readonly locality?: string;
  /** Name of the Gateway that it serves, or `namespace/name`; absent for a client inside the mesh. */
  readonly gateway?: string;
}
