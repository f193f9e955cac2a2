import type { Endpoint, NameResolution, ServicePolicy, ServicePort, WorkloadQuery } from "@intramesh/core";
import type { LocalitySpec } from "../spec/destination-rule.ts";
import type { WorkloadIndex } from "./workloads.ts";

/** A service together with the way to its endpoints. */
export interface ServiceRecord {
  readonly policy: ServicePolicy;
  /** Its own wish for near endpoints; undefined where it has none. */
  readonly nearness?: LocalitySpec | undefined;
  /** Undefined: `ON_CONNECT`. */
  readonly nameResolution?: NameResolution;
  /** The workloads that `endpoints` looks at; undefined where it looks at none. */
  readonly workloads: WorkloadQuery | undefined;
  /** All endpoints behind a port; `host` is the name called, which a wildcard needs. */
  endpoints(port: ServicePort, host: string, workloads: WorkloadIndex): readonly Endpoint[];
}
