/*
 * Where services and endpoints come from: Kubernetes' v1 Service as far as the mesh reads it, and Istio's
 * ServiceEntry and WorkloadEntry (networking/v1alpha3).
 */

export interface ServicePortSpec {
  readonly name?: string;
  readonly port?: number;
  /** Number, or the name of a port of the workload. */
  readonly targetPort?: number | string;
  readonly appProtocol?: string;
  readonly protocol?: string;
}

export interface ServiceSpec {
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports?: readonly ServicePortSpec[];
  readonly clusterIP?: string;
  readonly clusterIPs?: readonly string[];
}

export interface WorkloadEntrySpec {
  readonly address?: string;
  readonly ports?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly network?: string;
  readonly locality?: string;
  readonly weight?: number;
  readonly serviceAccount?: string;
}

export interface ServiceEntryPort {
  readonly number?: number;
  readonly name?: string;
  readonly protocol?: string;
  readonly targetPort?: number;
}

export type ServiceEntryResolution = "NONE" | "STATIC" | "DNS" | "DNS_ROUND_ROBIN" | "DYNAMIC_DNS";

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
