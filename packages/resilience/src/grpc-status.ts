import { grpcStatusNames } from "@intramesh/core";

const numbers: ReadonlyMap<string, number> = new Map(grpcStatusNames.map((name, number) => [name, number]));

/** Number of a gRPC status by its canonical upper-case name; undefined where there is no such status. */
export function grpcStatusNumber(name: string): number | undefined {
  return numbers.get(name);
}

const unknown = 2;
const ofHttp: Readonly<Record<number, number>> = {
  400: 13,
  401: 16,
  403: 7,
  404: 12,
  429: 14,
  502: 14,
  503: 14,
  504: 14,
};

/**
 * gRPC status that stands for an HTTP status where a gRPC caller gets an answer of the mesh's own
 * (https://grpc.github.io/grpc/core/md_doc_http-grpc-status-mapping.html).
 */
export function grpcStatusOfHttp(status: number): number {
  return ofHttp[status] ?? unknown;
}

/** By gRPC status, OK first (https://cloud.google.com/apis/design/errors, "Handling errors"). */
const toHttp: readonly number[] = [200, 499, 500, 400, 504, 404, 409, 403, 429, 400, 409, 400, 501, 500, 503, 500, 401];

/** HTTP status that stands for a gRPC status where endpoints are judged; 500 for what is no status. */
export function httpStatusOfGrpc(status: number): number {
  return toHttp[status] ?? 500;
}

const grpcType = "application/grpc";

/** True for the content type of gRPC, with or without an encoding (`application/grpc+proto`); gRPC-Web is another one. */
export function isGrpc(contentType: string | undefined): boolean {
  if (contentType === undefined || !contentType.startsWith(grpcType)) return false;
  const after = contentType[grpcType.length];
  return after === undefined || after === "+" || after === ";";
}
