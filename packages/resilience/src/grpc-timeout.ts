/** Milliseconds of each unit of gRPC's `grpc-timeout` (gRPC over HTTP/2, Timeout). */
const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 0.001, n: 0.000_001 };

/** Milliseconds of a `grpc-timeout` value (`100m`, `1S`); undefined where there is none or it is none. */
export function parseGrpcTimeoutMs(value: string | undefined): number | undefined {
  const match = value === undefined ? null : /^(\d{1,8})([HMSmun])$/.exec(value);
  return match === null ? undefined : Number(match[1]) * unitMs[match[2]!]!;
}
