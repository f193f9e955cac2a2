import { Histogram } from "./histogram.ts";

/** Labels that one caller and one destination share over all their requests. Istio's names; unknown text is `unknown`. */
export const edgeLabelNames = [
  "reporter",
  "source_workload",
  "source_canonical_service",
  "source_canonical_revision",
  "source_workload_namespace",
  "source_principal",
  "source_app",
  "source_version",
  "source_cluster",
  "destination_workload",
  "destination_workload_namespace",
  "destination_principal",
  "destination_app",
  "destination_version",
  "destination_service",
  "destination_canonical_service",
  "destination_canonical_revision",
  "destination_service_name",
  "destination_service_namespace",
  "destination_cluster",
  "connection_security_policy",
] as const;

/** Labels that a request brings beside those of its edge. */
export const requestLabelNames = [
  "request_protocol",
  "response_code",
  "grpc_response_status",
  "response_flags",
] as const;

export type EdgeLabels = Readonly<Record<(typeof edgeLabelNames)[number], string>>;
export type RequestLabels = Readonly<Record<(typeof requestLabelNames)[number], string>>;

/** How one request ended. */
export interface RequestRecord {
  /** 0: no response. */
  readonly status: number;
  /** `-`, or Envoy's codes. */
  readonly flags: string;
  /** Undefined unless it is a gRPC request; empty where that got no status. */
  readonly grpcStatus: string | undefined;
  /** From its start to the end of its response. */
  readonly durationMs: number;
  /** Of the body, without its head. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** What labels are set to for it; undefined where none is. */
  readonly tags?: RequestTags | undefined;
}

/** Values that resources set labels to, as one request gives them. */
export interface RequestTags {
  /** The same for the same values. */
  readonly key: string;
  /** By what they were read from. */
  readonly values: Readonly<Record<string, string>>;
}

/** Accumulators of one edge. Recording is a look-up and a few additions. */
export interface Edge {
  record(request: RequestRecord): void;
}

/** One combination of all labels. */
export class Series {
  count = 0;
  readonly labels: Readonly<Record<string, string>>;
  readonly tags: RequestTags["values"] | undefined;
  readonly duration: Histogram = new Histogram();
  readonly requestBytes: Histogram = new Histogram();
  readonly responseBytes: Histogram = new Histogram();

  constructor(labels: EdgeLabels, request: RequestLabels, tags?: RequestTags) {
    this.labels = { ...labels, ...request };
    this.tags = tags?.values;
  }

  record({ durationMs, requestBytes, responseBytes }: RequestRecord): void {
    this.count += 1;
    this.duration.record(durationMs);
    this.requestBytes.record(requestBytes);
    this.responseBytes.record(responseBytes);
  }
}

/** `open` gives the series for requests of a kind that the edge has not seen yet; where it keeps none it is asked again. */
export function createEdge(
  open: (request: RequestRecord) => { readonly series: Series; readonly keep: boolean },
): Edge {
  const plain = new Map<number, Series>();
  const others = new Map<string, Series>();

  function known(request: RequestRecord): Series | undefined {
    return isPlain(request) ? plain.get(request.status) : others.get(keyOf(request));
  }

  function opened(request: RequestRecord): Series {
    const { series, keep } = open(request);
    if (!keep) return series;
    if (isPlain(request)) plain.set(request.status, series);
    else others.set(keyOf(request), series);
    return series;
  }

  return {
    record(request) {
      (known(request) ?? opened(request)).record(request);
    },
  };
}

function isPlain({ flags, grpcStatus, tags }: RequestRecord): boolean {
  return flags === "-" && grpcStatus === undefined && tags === undefined;
}

function keyOf({ status, flags, grpcStatus, tags }: RequestRecord): string {
  const key = `${status} ${flags} ${grpcStatus}`;
  return tags === undefined ? key : `${key}\u0000${tags.key}`;
}

/** The labels that a request adds to those of its edge. */
export function requestLabels({ status, flags, grpcStatus }: RequestRecord): RequestLabels {
  return {
    request_protocol: grpcStatus === undefined ? "http" : "grpc",
    response_code: String(status),
    grpc_response_status: grpcStatus ?? "",
    response_flags: flags,
  };
}
