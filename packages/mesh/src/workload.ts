import { type Labels, localityParts } from "@intramesh/core";
import type { EdgeLabels, SpanOwner } from "@intramesh/telemetry";

/** Who a process is, in the words of Istio's metrics. */
export interface Workload {
  readonly service: string;
  readonly namespace: string;
  readonly version: string;
  readonly app: string;
  /** `reviews-v1`, as a Deployment of it would be called. */
  readonly workload: string;
  /** The instance's id. */
  readonly instance: string;
}

/** Name of the header by which a caller tells the callee who it is. What it says is for metrics only, never for access. */
export const peerHeader = "x-intramesh-peer";

const unknown = "unknown";

/** What a caller tells of itself. */
export type Peer = Pick<Workload, "namespace" | "version" | "app" | "workload">;

const unknownPeer: Peer = { namespace: unknown, version: unknown, app: unknown, workload: unknown };

/** The value of `peerHeader`. */
export function encodePeer({ workload, namespace, app, version }: Peer): string {
  return `${workload}~${namespace}~${app}~${version}`;
}

/** What a `peerHeader` says; everything `unknown` where it is absent or none of ours. */
export function decodePeer(text: string | undefined): Peer {
  const parts = text?.split("~") ?? [];
  if (parts.length !== 4 || text!.length > 512) return unknownPeer;
  const [workload, namespace, app, version] = parts.map((part) => (part === "" ? unknown : part));
  return { workload: workload!, namespace: namespace!, app: app!, version: version! };
}

/** Istio's mesh id where nobody sets another: its default trust domain. */
const defaultMeshId = "cluster.local";

/** This process in the tags of its spans. */
export function spanOwner(self: Workload, locality: string): SpanOwner {
  return {
    nodeId: self.instance,
    service: self.app,
    revision: revision(self.version),
    namespace: self.namespace,
    meshId: defaultMeshId,
    zone: localityParts(locality).zone,
  };
}

/** The peer that a WorkloadEntry's labels describe. */
export function peerOfLabels(labels: Labels, namespace: string): Peer {
  const app = labels["app"] ?? unknown;
  const version = labels["version"] ?? unknown;
  return { app, version, namespace, workload: version === unknown ? app : `${app}-${version}` };
}

/** Where a request goes, as metrics name services. */
export interface DestinationService {
  /** FQDN, or the host called where nobody knows it. */
  readonly host: string;
  readonly name: string;
  readonly namespace: string;
}

/** Labels of the caller's report. Its connections' security is not for it to say: Istio prints `unknown` there. */
export function sourceEdge(self: Peer, destination: Peer | undefined, service: DestinationService): EdgeLabels {
  return edgeLabels("source", self, destination ?? unknownPeer, service, unknown);
}

/** Labels of the callee's report. */
export function destinationEdge(source: Peer, self: Peer, service: DestinationService): EdgeLabels {
  return edgeLabels("destination", source, self, service, "none");
}

function edgeLabels(
  reporter: string,
  source: Peer,
  destination: Peer,
  service: DestinationService,
  security: string,
): EdgeLabels {
  return {
    reporter,
    source_workload: source.workload,
    source_canonical_service: source.app,
    source_canonical_revision: revision(source.version),
    source_workload_namespace: source.namespace,
    source_principal: unknown,
    source_app: source.app,
    source_version: source.version,
    source_cluster: unknown,
    destination_workload: destination.workload,
    destination_workload_namespace: destination.namespace,
    destination_principal: unknown,
    destination_app: destination.app,
    destination_version: destination.version,
    destination_service: service.host,
    destination_canonical_service: destination.app,
    destination_canonical_revision: revision(destination.version),
    destination_service_name: service.name,
    destination_service_namespace: service.namespace,
    destination_cluster: unknown,
    connection_security_policy: security,
  };
}

function revision(version: string): string {
  return version === unknown ? "latest" : version;
}
