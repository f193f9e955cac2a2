import type { TargetReference, WorkloadSelector } from "../spec/security.ts";

/* What checks read of kinds that nothing in the mesh executes yet. */

/** Sidecar (networking/v1alpha3/sidecar.proto). */
export interface SidecarSpec {
  readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> };
  readonly outboundTrafficPolicy?: { readonly egressProxy?: unknown };
}

/** Telemetry (telemetry/v1alpha1/telemetry.proto). */
export interface TelemetrySpec {
  readonly selector?: WorkloadSelector;
  readonly targetRef?: TargetReference;
  readonly targetRefs?: readonly TargetReference[];
  readonly accessLogging?: readonly {
    readonly providers?: readonly { readonly name?: string }[];
    readonly disabled?: boolean;
  }[];
}
