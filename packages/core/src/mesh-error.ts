import type { ResponseFlag } from "./response-flag.ts";

/** What went wrong, for programs. Every code is explained in docs/reference/errors.md. */
export type MeshErrorCode =
  | "MESH_BAD_OPTION"
  | "MESH_BAD_RESOURCE"
  | "MESH_CLOSED"
  | "MESH_INSTANCE_TAKEN"
  | "MESH_NODE_TOO_OLD"
  | "MESH_REGISTRY_UNREACHABLE"
  | "MESH_REQUEST_REFUSED";

/** Shared by all installed copies, so that they know each other's errors. */
const brand = Symbol.for("intramesh.MeshError");

/** What a MeshError knows beyond its code and message. */
export interface MeshErrorDetails {
  readonly cause?: unknown;
  /** Envoy's response flags, where the error stands for a synthetic response. */
  readonly flags?: readonly ResponseFlag[];
  /** HTTP status of that response. */
  readonly status?: number;
}

/** The one error class of intramesh. Its message names the thing, the value and the rule. */
export class MeshError extends Error {
  override readonly name = "MeshError";
  readonly code: MeshErrorCode;
  readonly flags: readonly ResponseFlag[];
  readonly status: number | undefined;

  constructor(code: MeshErrorCode, message: string, details: MeshErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.flags = details.flags ?? [];
    this.status = details.status;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for every MeshError, also one of another installed copy. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && brand in value;
  }
}
