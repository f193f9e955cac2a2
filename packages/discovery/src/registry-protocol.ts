import type { Resource } from "@intramesh/config";

/*
 * What registry and clients say to each other, beside the Kubernetes-shaped REST API.
 * One watch stream carries everything: newline-delimited JSON, one WatchEvent a line.
 */

/**
 * `GET /mesh/v1/watch?since=REVISION[&kinds=A,B][&services=NAME.NAMESPACE,…]`
 * `services` narrows the instances; everything else comes whatever it says. The stream is compressed for who accepts gzip.
 */
export const watchPath = "/mesh/v1/watch";

/**
 * `PUT`, `GET` and `DELETE` here. `instance` is unique within the service. A `DELETE` may say `?session=SESSION`: it is
 * refused where another session holds the instance by now.
 */
export function instancePath(namespace: string, service: string, instance: string): string {
  const [ns, name, id] = [namespace, service, instance].map(encodeURIComponent);
  return `/mesh/v1/namespaces/${ns}/services/${name}/instances/${id}`;
}

export type WatchEvent =
  /** What follows is the whole state, up to the next bookmark; forget what you have. Sent first where `since` is 0, too old, or from another history. */
  | { readonly type: "RESET"; readonly epoch: string }
  /** First line where the stream goes on after `since`. */
  | { readonly type: "RESUME"; readonly epoch: string }
  /** Created or changed. Instances come as WorkloadEntries. */
  | { readonly type: "PUT"; readonly revision: number; readonly object: Resource }
  | {
      readonly type: "DELETE";
      readonly revision: number;
      readonly kind: string;
      readonly namespace: string;
      readonly name: string;
    }
  /** The state is whole up to `revision`. Sent after the first state and at least every `bookmarkIntervalMs`. */
  | { readonly type: "BOOKMARK"; readonly revision: number };

/** A stream that is silent for twice this long is dead. */
export const bookmarkIntervalMs = 10_000;

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
