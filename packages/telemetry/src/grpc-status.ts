/** The last code that gRPC defines, UNAUTHENTICATED. */
const lastCode = 16;

/** What Envoy counts a `grpc-status` as that is none. */
const invalid = "-1";

/** A `grpc-status` as labels and tags show it: upstreams make up no values of their own. Empty where there is none. */
export function shownGrpcStatus(written: string | undefined): string {
  if (written === undefined || written === "") return "";
  return /^\d{1,2}$/.test(written) && Number(written) <= lastCode ? String(Number(written)) : invalid;
}
