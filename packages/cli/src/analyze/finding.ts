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
  /** Of the field, or of what is around it where the field is missing; from 1. Null for what comes from the registry. */
  readonly line: number | null;
}
