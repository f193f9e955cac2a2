// Made by `npm run schema` from the tables in src/schema; change those.

import type { Resource } from "../resource.ts";

/**
 * A host of the mesh, `name.namespace.svc.cluster.local`, and the instances behind it. Manifests of clusters are taken
 * as they are.
 */
export interface Service extends Resource<ServiceSpec> {
  readonly apiVersion: "v1";
  readonly kind: "Service";
}

/** A namespace. Resources may be in one that nobody has written down. */
export interface Namespace extends Resource<NamespaceSpec> {
  readonly apiVersion: "v1";
  readonly kind: "Namespace";
}

/** One running instance of a service. The registry makes one for every instance that registers. */
export interface WorkloadEntry extends Resource<WorkloadEntrySpec> {
  readonly apiVersion: "networking.istio.io/v1" | "networking.istio.io/v1beta1" | "networking.istio.io/v1alpha3";
  readonly kind: "WorkloadEntry";
}

/** Hosts that no Service speaks of: outside the mesh, or inside on machines of their own. */
export interface ServiceEntry extends Resource<ServiceEntrySpec> {
  readonly apiVersion: "networking.istio.io/v1" | "networking.istio.io/v1beta1" | "networking.istio.io/v1alpha3";
  readonly kind: "ServiceEntry";
}

/** Ports and instances. */
export interface ServiceSpec {
  /** Labels of its instances, all of them; without any it has none. */
  readonly selector?: Readonly<Record<string, string>>;
  /** Its ports; they may be left out of an ExternalName or headless one only. */
  readonly ports?: readonly ServicePortSpec[];
  /** An address by which it may be called too; `None` is none. */
  readonly clusterIP?: string;
  /** Addresses by which it may be called too. */
  readonly clusterIPs?: readonly string[];
  /**
   * How a cluster publishes it. Default: ClusterIP. Validated only: it has no effect here. Unlike Istio: An
   * ExternalName has no endpoints: use a ServiceEntry.
   */
  readonly type?: "ClusterIP" | "NodePort" | "LoadBalancer" | "ExternalName";
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly allocateLoadBalancerNodePorts?: boolean;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly externalIPs?: readonly string[];
  /**
   * The name that an ExternalName stands for. Validated only: it has no effect here. Unlike Istio: Use a ServiceEntry.
   */
  readonly externalName?: string;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly externalTrafficPolicy?: string;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly healthCheckNodePort?: number;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly internalTrafficPolicy?: string;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly ipFamilies?: readonly string[];
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly ipFamilyPolicy?: string;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly loadBalancerClass?: string;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly loadBalancerIP?: string;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly loadBalancerSourceRanges?: readonly string[];
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly publishNotReadyAddresses?: boolean;
  /**
   * A cluster's matter. Validated only: it has no effect here. Unlike Istio: Use a DestinationRule's `consistentHash`.
   */
  readonly sessionAffinity?: string;
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly sessionAffinityConfig?: unknown;
  /**
   * Near endpoints first, without `outlierDetection` too: `PreferSameZone` or `PreferClose` goes by region and zone,
   * `PreferSameNode` by subzone and the label `kubernetes.io/hostname` as well. A DestinationRule's `localityLbSetting`
   * displaces it.
   */
  readonly trafficDistribution?: string;
}

/** One port of the service. */
export interface ServicePortSpec {
  /** Its name, a DNS label; what stands before the first `-` names the protocol. Needed beside others. */
  readonly name?: string;
  /** The port that clients call, 1 to 65535. Required. */
  readonly port?: number;
  /** The instances' port, or its name. Default: port. */
  readonly targetPort?: number | string;
  /** The protocol, standing above the name. */
  readonly appProtocol?: string;
  /** The transport. Default: TCP. Validated only: it has no effect here. */
  readonly protocol?: "TCP" | "UDP" | "SCTP";
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly nodePort?: number;
}

/** A Namespace says nothing that the mesh reads. */
export interface NamespaceSpec {
  /** A cluster's matter. Validated only: it has no effect here. */
  readonly finalizers?: readonly string[];
}

/** One endpoint, on all its ports. */
export interface WorkloadEntrySpec {
  /**
   * IP address, or a host name to resolve, or the name of SRV records (`_http._tcp.reviews.example.com`) for
   * ServiceEntries of resolution DNS; may be left out beside `network` only. Unlike Istio: `unix://` addresses pass the
   * check and cannot be called.
   */
  readonly address?: string;
  /** Ports by their names in the service; they stand above `targetPort`. Default: the service's ports. */
  readonly ports?: Readonly<Record<string, number>>;
  /** What selectors and subsets ask for. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Network that the address is of. Validated only: it has no effect here. Unlike Istio: All addresses are taken to be
   * reachable.
   */
  readonly network?: string;
  /** `region/zone/subzone`, from left to right as far as known. */
  readonly locality?: string;
  /** Share among the endpoints; 0 is 1. Default: 1. */
  readonly weight?: number;
  /**
   * Account that the workload runs as. Validated only: it has no effect here. Unlike Istio: There are no identities.
   */
  readonly serviceAccount?: string;
}

/** Hosts, their ports and where they are. */
export interface ServiceEntrySpec {
  /** 1 to 256 host names; a leading `*` stands for any beginning, `*` alone is refused. Required. */
  readonly hosts?: readonly string[];
  /**
   * Addresses by which a single host may be called too. Unlike Istio: Ranges are validated only: a process sees names,
   * not the packets' addresses.
   */
  readonly addresses?: readonly string[];
  /** Ports of the hosts. Without them they cannot be called. */
  readonly ports?: readonly ServiceEntryPort[];
  /**
   * Whether the hosts belong to the mesh. Default: MESH_EXTERNAL. Validated only: it has no effect here. Unlike Istio:
   * It decides on mutual TLS in Istio, which there is none of.
   */
  readonly location?: "MESH_EXTERNAL" | "MESH_INTERNAL";
  /**
   * Where endpoints come from. STATIC: those listed or selected. DNS: every address of their names. DNS_ROUND_ROBIN:
   * one address of the name for each new connection. NONE, DYNAMIC_DNS: the host called. Default: NONE. Unlike Istio:
   * Names of DNS and DNS_ROUND_ROBIN are followed in the background, and keep their last good addresses on NXDOMAIN
   * too; endpoints may have SRV names (docs/name-resolution.md). Those of DYNAMIC_DNS are resolved by the system for
   * each connection.
   */
  readonly resolution?: "NONE" | "STATIC" | "DNS" | "DNS_ROUND_ROBIN" | "DYNAMIC_DNS";
  /** The endpoints. Excludes `workloadSelector`. */
  readonly endpoints?: readonly WorkloadEntrySpec[];
  /** WorkloadEntries of the same namespace that are the endpoints. */
  readonly workloadSelector?: WorkloadLabels;
  /** Namespaces that see it: `.` for its own, `*` for all, `~` for none, or names. Default: all. */
  readonly exportTo?: readonly string[];
  /**
   * Names, one of which the endpoint's certificate has. Validated only: it has no effect here. Unlike Istio: The
   * certificate is checked for the host that is called.
   */
  readonly subjectAltNames?: readonly string[];
}

/** One port of the hosts. */
export interface ServiceEntryPort {
  /** The port that clients call, 1 to 65535. Unique. Required. */
  readonly number?: number;
  /** Its name, by which endpoints name theirs: a DNS label. Unique. Required. */
  readonly name?: string;
  /**
   * HTTP, HTTP2, HTTPS, GRPC, GRPC-WEB, TLS, TCP, UDP, MONGO, MYSQL, REDIS, HTTP_PROXY or HBONE. Default: TCP. Unlike
   * Istio: Requests of any protocol name are sent as HTTP.
   */
  readonly protocol?: string;
  /** The port of the endpoints. Default: number. */
  readonly targetPort?: number;
}

/** Workloads, by their labels. */
export interface WorkloadLabels {
  /** Labels that the workload has, all of them; compared whole. */
  readonly labels?: Readonly<Record<string, string>>;
}
