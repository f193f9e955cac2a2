// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";
import type { WorkloadLabels } from "./service.ts";

/**
 * Which hosts the clients of a namespace see. One that selects the client goes first, then one of its namespace, then
 * one of the root namespace.
 */
export interface Sidecar extends Resource<SidecarSpec> {
  readonly apiVersion: "networking.istio.io/v1" | "networking.istio.io/v1beta1" | "networking.istio.io/v1alpha3";
  readonly kind: "Sidecar";
}

/** Clients and what they see. */
export interface SidecarSpec {
  /** The clients that it is for. Default: all of the namespace. */
  readonly workloadSelector?: WorkloadLabels;
  /**
   * Ports on which the workload is called. Validated only: it has no effect here. Unlike Istio: There is no listener
   * beside the program.
   */
  readonly ingress?: readonly IngressListener[];
  /** Hosts that the clients see. One without a port comes last. Default: every host. */
  readonly egress?: readonly EgressListener[];
  /** What happens to calls of unknown hosts. Default: the mesh's. */
  readonly outboundTrafficPolicy?: SidecarOutboundTrafficPolicy;
  /** Limits for the workload, not looked into. Validated only: it has no effect here. */
  readonly inboundConnectionPool?: unknown;
}

/** A port on which a workload is called. */
export interface IngressListener {
  /** The port. Required. Validated only: it has no effect here. */
  readonly port?: SidecarPort;
  /** Address to listen at. Validated only: it has no effect here. */
  readonly bind?: string;
  /**
   * How traffic gets to a proxy. Default: DEFAULT. Validated only: it has no effect here. Unlike Istio: There is no
   * listener beside the program.
   */
  readonly captureMode?: "DEFAULT" | "IPTABLES" | "NONE";
  /** Where the workload listens. Validated only: it has no effect here. */
  readonly defaultEndpoint?: string;
  /** TLS settings, not looked into. Validated only: it has no effect here. */
  readonly tls?: unknown;
  /** Limits, not looked into. Validated only: it has no effect here. */
  readonly connectionPool?: unknown;
}

/** A port of a listener. */
export interface SidecarPort {
  /** Its number, 1 to 65535. Required. */
  readonly number?: number;
  /** Its protocol. Validated only: it has no effect here. */
  readonly protocol?: string;
  /** Its name. Validated only: it has no effect here. */
  readonly name?: string;
  /** Unused, in Istio too. Validated only: it has no effect here. */
  readonly targetPort?: number;
}

/** Hosts that clients see. */
export interface EgressListener {
  /** The only listener for calls to this port; it counts for services that have it. Default: any. */
  readonly port?: SidecarPort;
  /**
   * Address to listen at. Validated only: it has no effect here. Unlike Istio: There is no listener beside the program.
   */
  readonly bind?: string;
  /**
   * How traffic gets to a proxy. Default: DEFAULT. Validated only: it has no effect here. Unlike Istio: There is no
   * listener beside the program.
   */
  readonly captureMode?: "DEFAULT" | "IPTABLES" | "NONE";
  /**
   * `namespace/host`: the namespace `.`, `*`, `~` for nothing, or a name; the host a name or one with a leading `*`.
   * `~` before a namespace takes away. Required.
   */
  readonly hosts?: readonly string[];
}

/** What happens to calls of unknown hosts. */
export interface SidecarOutboundTrafficPolicy {
  /** REGISTRY_ONLY answers 502, ALLOW_ANY passes them on. Default: REGISTRY_ONLY. */
  readonly mode?: "REGISTRY_ONLY" | "ALLOW_ANY";
  /** Where to send them, not looked into. Validated only: it has no effect here. Unlike Istio: They go straight on. */
  readonly egressProxy?: unknown;
}
