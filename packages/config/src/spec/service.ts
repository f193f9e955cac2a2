/*
 * Where services and endpoints come from: Kubernetes' v1 Service as far as the mesh reads it, and Istio's
 * ServiceEntry and WorkloadEntry (networking/v1alpha3).
 */

/** A port of a v1 Service. */
export interface ServicePortSpec {
  readonly name?: string;
  readonly port?: number;
  /** Number, or the name of a port of the workload. */
  readonly targetPort?: number | string;
  readonly appProtocol?: string;
  readonly protocol?: string;
}

/** The spec of a v1 Service, as far as the mesh reads it. */
export interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePortSpec[];
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
}

/** The spec of a WorkloadEntry, and an endpoint of a ServiceEntry. */
export interface WorkloadEntrySpec {
  readonly address?: string;
  readonly ports?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
  readonly locality?: string;
  readonly weight?: number;
  readonly serviceAccount?: string;
}

/** A port of a ServiceEntry. */
export interface ServiceEntryPort {
  readonly number?: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly targetPort?: number;
}

/** How the addresses behind a ServiceEntry are found; NONE where it says nothing. */
export type ServiceEntryResolution = "NONE" | "STATIC" | "DNS" | "DNS_ROUND_ROBIN" | "DYNAMIC_DNS";

/** The spec of a ServiceEntry. */
export interface ServiceEntrySpec {
  readonly hosts?: readonly string[];
  readonly addresses?: readonly string[];
  readonly ports?: readonly ServiceEntryPort[];
  readonly location?: "MESH_EXTERNAL" | "MESH_INTERNAL";
  readonly resolution?: ServiceEntryResolution;
  readonly endpoints?: readonly WorkloadEntrySpec[];
  readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> };
  readonly exportTo?: readonly string[];
  readonly subjectAltNames?: readonly string[];
}
