import type { Outcome, OutlierDetectionPolicy, ResetReason, ResponseOutcome } from "@intramesh/core";
import { httpStatusOfGrpc } from "../grpc-status.ts";

/** What the ending of an attempt says of its endpoint: a status that it answered, or why it did not answer. */
export type HostVerdict =
  | number
  /** No connection came about. */
  | "unreachable"
  /** The connection stood, and broke. */
  | "broken"
  /** The connection stood, and nothing came in time. */
  | "silent";

/** Reads outcomes; undefined where an ending says nothing of the endpoint. */
export type VerdictReader = (outcome: Outcome) => HostVerdict | undefined;

/** An overflow is a matter of this side, and so is a caller that went away. */
const ofResets: Readonly<Record<ResetReason, Exclude<HostVerdict, number> | undefined>> = {
  "local connection failure": "unreachable",
  "remote connection failure": "unreachable",
  "connection timeout": "unreachable",
  "connection termination": "broken",
  "remote reset": "broken",
  "remote refused stream reset": "broken",
  "protocol error": "broken",
  "per try timeout": "silent",
  timeout: "silent",
  // Whether the caller stopped writing or the endpoint stopped reading is not known.
  "stream idle timeout": undefined,
  "local reset": undefined,
  overflow: undefined,
  "caller gone": undefined,
};

const success = 200;
const failure = 500;

/**
 * Compiles what counts as an error. With a list of codes those are errors and all others successes, 5xx included; one
 * below 500 counts as 500 (Envoy's router, outlier detection by the cluster's error matcher). gRPC statuses are read
 * from the headers, mapped to HTTP, and not held against the list.
 */
export function compileVerdicts({ httpErrorCodes }: Pick<OutlierDetectionPolicy, "httpErrorCodes">): VerdictReader {
  const codes = httpErrorCodes === undefined ? undefined : new Set(httpErrorCodes);
  return (outcome) => {
    if (outcome.kind === "reset") return ofResets[outcome.reason];
    return outcome.local ? undefined : statusOf(outcome, codes);
  };
}

function statusOf(response: ResponseOutcome, codes: ReadonlySet<number> | undefined): number {
  const { status } = response;
  const grpcStatus = response.header("grpc-status");
  if (grpcStatus !== undefined) return httpStatusOfGrpc(Number(grpcStatus));
  if (codes === undefined) return status;
  return codes.has(status) ? Math.max(status, failure) : success;
}
