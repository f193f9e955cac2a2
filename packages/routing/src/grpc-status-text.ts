/** In the order of their numbers, as Envoy's GRPC_STATUS writes them. */
const names: readonly string[] = [
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
  const name = names[Number(status)];
  if (status === undefined || name === undefined || form === "NUMBER") return status;
  if (form !== "SNAKE_STRING") return name;
  // The canonical list has an L more than Envoy's camels.
  return name === "Canceled" ? "CANCELLED" : name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}
