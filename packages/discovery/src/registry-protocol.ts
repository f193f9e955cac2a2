import type { Resource } from "@intramesh/config";
import type { WorkloadQuery } from "@intramesh/core";

/*
 * What registry and clients say to each other, beside the Kubernetes-shaped REST API.
 * One watch stream carries everything: newline-delimited JSON, one WatchEvent a line.
 */

/**
 * `GET /mesh/v1/watch?since=REVISION[&kinds=A,B][&services=TERM,…][&heartbeat=SECONDS]`, compressed for who accepts gzip.
 *
 * `services`, which may be empty, narrows the instances to those of its terms (`instanceTerm`); everything else comes
 * whatever it says, and services are announced (`SERVICE`) so that a reader knows what it could ask for. A stream that
 * resumes must name what its reader has the instances of; more is asked for on the side (`streamPath`).
 *
 * With `heartbeat` the reader promises to post to `streamPath` at least this often: a stream whose reader is silent for
 * twice as long is cut off, its connection being half open. 429 with Retry-After where too many whole states are under way.
 */
export const watchPath = "/mesh/v1/watch";

/** `GET` here: the MeshConfig that the registry was started with, as JSON. */
export const settingsPath = "/mesh/v1/settings";

/** The id of a watch stream, in the head of the answer. */
export const streamHeader = "x-intramesh-stream";

/**
 * `POST` here with a StreamRequest: 204, and each new term is answered by an `INSTANCES` on the stream itself. 404 where
 * the stream has ended. Asks for nothing that may not be read anyway: needs no token.
 */
export function streamPath(stream: string): string {
  return `${watchPath}/${encodeURIComponent(stream)}`;
}

/** Body of a `POST` to a stream. */
export interface StreamRequest {
  /** Terms in addition to those that the stream has; none where it is just a sign of life. */
  readonly services: readonly string[];
}

/**
 * How a watch names instances: `NAME.NAMESPACE` for those that registered for a service, `NAMESPACE/key=value;key=value`
 * for those with all these labels, by which a Service or ServiceEntry selects. None of it contains a comma.
 */
export function instanceTerm(query: WorkloadQuery): string {
  if (query.kind === "registered") return `${query.service.toLowerCase()}.${query.namespace}`;
  const labels = Object.entries(query.labels).map(([key, value]) => `${key}=${value}`);
  return `${query.namespace}/${labels.sort().join(";")}`;
}

/**
 * `PUT`, `GET` and `DELETE` here. `instance` is unique within the service. A `DELETE` may say `?session=SESSION`: it is
 * refused where another session holds the instance by now.
 */
export function instancePath(namespace: string, service: string, instance: string): string {
  const [ns, name, id] = [namespace, service, instance].map(encodeURIComponent);
  return `/mesh/v1/namespaces/${ns}/services/${name}/instances/${id}`;
}

/** One line of the watch stream. */
export type WatchEvent =
  /** What follows is the whole state, up to the next bookmark; forget what you have. Sent first where `since` is 0, too old, or from another history. */
  | { readonly type: "RESET"; readonly epoch: string; readonly mesh?: unknown }
  /** First line where the stream goes on after `since`. `mesh`, here and above, is the MeshConfig; absent where there is none. */
  | { readonly type: "RESUME"; readonly epoch: string; readonly mesh?: unknown }
  /** Created or changed. Instances come as WorkloadEntries. */
  | { readonly type: "PUT"; readonly revision: number; readonly object: Resource }
  | {
      readonly type: "DELETE";
      readonly revision: number;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    }
  /**
   * A service that instances registered for: the ports by which callers know it, one map for each that its instances
   * differ in. Without any, the last instance has gone. On streams with `services` only.
   */
  | {
      readonly type: "SERVICE";
      readonly revision: number;
      readonly namespace: string;
      readonly name: string;
      readonly ports: readonly Readonly<Record<string, number>>[];
    }
  /** Every instance of a term that has not been answered before, at once: changes to them come from here on. */
  | {
      readonly type: "INSTANCES";
      readonly service: string;
      readonly objects: readonly Resource[];
    }
  /** The state is whole up to `revision`. Sent after the first state and at least every `bookmarkIntervalMs`. */
  | { readonly type: "BOOKMARK"; readonly revision: number };

/** A stream that is silent for twice this long is dead. */
export const bookmarkIntervalMs = 10_000;

/** A client of the library says at least this often that it is there. */
export const heartbeatMs = 30_000;

/** Revisions of different epochs cannot be compared: the client says which it means in this request header. */
export const epochHeader = "x-intramesh-epoch";

/** Body of an instance's `PUT`; the same again renews its lease. */
export interface InstanceRegistration {
  /** IP address, or a name that clients can resolve. */
  readonly address: string;
  /** Port name to the port that the process listens on. */
  readonly ports: Readonly<Record<string, number>>;
  /** Port name to the port that callers use, where it is another one (a Service's `port` beside its `targetPort`). */
  readonly servicePorts?: Readonly<Record<string, number>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** `region/zone/subzone` */
  readonly locality?: string;
  readonly weight?: number;
  readonly serviceAccount?: string;
  /** Length of the lease in seconds; 30 unless said otherwise. */
  readonly ttlSeconds?: number;
  /** Made anew by each process: tells a renewal from a second process under the same instance id. */
  readonly session?: string;
  /** How the registry finds out whether the instance is well; not at all where it is left out. */
  readonly healthCheck?: HealthCheck;
}

/**
 * The registry asks for `http://ADDRESS:PORT/PATH`, PORT being the one named `http`, else the first. A status from 200 to
 * 399 within the time is good. An instance that is not well is kept from clients until it is again; it stays registered.
 */
export interface HealthCheck {
  /** Begins with a slash. */
  readonly path: string;
  /** Between two probes; 10. */
  readonly intervalSeconds?: number;
  /** For the head of the answer; 1. */
  readonly timeoutSeconds?: number;
  /** Bad answers in a row until the instance counts as unhealthy; 3. */
  readonly unhealthyThreshold?: number;
  /** Good answers in a row until it counts as healthy again; 1. */
  readonly healthyThreshold?: number;
}

/** Answer to an instance's `PUT`. */
export interface InstanceLease {
  readonly ttlSeconds: number;
  readonly renewSeconds: number;
  readonly revision: number;
}
