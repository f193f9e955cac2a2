/* Sidecar as Istio writes it (networking/v1alpha3/sidecar.proto). */

/** A port that a listener is for. */
export interface SidecarPort {
  readonly number?: number;
  readonly protocol?: string;
  readonly name?: string;
  readonly targetPort?: number;
}

/** Hosts that a workload may call. */
export interface EgressListener {
  readonly port?: SidecarPort;
  readonly bind?: string;
  readonly captureMode?: string;
  /** `namespace/dnsName` */
  readonly hosts?: readonly string[];
}

/** A port on which a workload is called. */
export interface IngressListener {
  readonly port?: SidecarPort;
  readonly bind?: string;
  readonly captureMode?: string;
  readonly defaultEndpoint?: string;
  readonly tls?: unknown;
  readonly connectionPool?: unknown;
}

/** The spec of a Sidecar. */
export interface SidecarSpec {
  readonly workloadSelector?: { readonly labels?: Readonly<Record<string, string>> };
  readonly ingress?: readonly IngressListener[];
  readonly egress?: readonly EgressListener[];
  readonly outboundTrafficPolicy?: { readonly mode?: "REGISTRY_ONLY" | "ALLOW_ANY"; readonly egressProxy?: unknown };
  readonly inboundConnectionPool?: unknown;
}
