import type { Severity } from "@intramesh/config";

/** One finding of `intramesh analyze`, in the shape of its JSON. */
export interface Finding {
  /** Istio's code, `IST0106`. */
  readonly code: string;
  readonly severity: Severity;
  /** `VirtualService default/reviews`; empty where a file is not even YAML. */
  readonly resource: string;
  /** `spec.http[0].timeout` */
  readonly path: string;
  readonly message: string;
  /** Null for what comes from the registry. */
  readonly file: string | null;
  readonly line: number | null;
}

/** A resource with its place in a file; the registry's have none. */
export interface Located<R> {
  readonly resource: R;
  readonly file: string | null;
  lineOf(path: string): number | null;
}
