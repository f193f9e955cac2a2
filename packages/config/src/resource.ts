/** Metadata of a Kubernetes object, as far as anything here reads it. Unknown keys are kept. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly uid?: string;
  /** The registry's revision of the last write, as text. */
  readonly resourceVersion?: string;
  readonly generation?: number;
  /** RFC 3339. */
  readonly creationTimestamp?: string;
  readonly [key: string]: unknown;
}

/** A Kubernetes-style object whose spec has been checked. `Spec` is the type of that kind's spec. */
export interface Resource<Spec = unknown> {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec: Spec;
  readonly status?: unknown;
}

/** `error` refuses a resource, the others do not. */
export type Severity = "error" | "warning" | "info";

/** One finding about a resource. */
export interface Issue {
  /** Istio's code (`IST0106` schema and validation, `IST0101` unknown reference …). */
  readonly code: string;
  readonly severity: Severity;
  /** `spec.http[0].timeout`; empty for the object as a whole. */
  readonly path: string;
  /** Names the value, the rule and what to do. */
  readonly message: string;
}
