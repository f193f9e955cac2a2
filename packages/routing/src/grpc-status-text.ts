import { grpcStatusNames } from "@intramesh/core";

/** In the order of their numbers, as Envoy's GRPC_STATUS writes them without a form of its own. */
const camelNames: readonly string[] = [
  "OK",
  "Canceled",
  "Unknown",
  "InvalidArgument",
  "DeadlineExceeded",
  "NotFound",
  "AlreadyExists",
  "PermissionDenied",
  "ResourceExhausted",
  "FailedPrecondition",
  "Aborted",
  "OutOfRange",
  "Unimplemented",
  "Internal",
  "Unavailable",
  "DataLoss",
  "Unauthenticated",
];

/** A gRPC status in the form that `%GRPC_STATUS(form)%` asks for; numbers without a name stay numbers. */
export function grpcStatusText(status: string | undefined, form: string): string | undefined {
  if (status === undefined || form === "NUMBER") return status;
  const names = form === "SNAKE_STRING" ? grpcStatusNames : camelNames;
  return names[Number(status)] ?? status;
}
