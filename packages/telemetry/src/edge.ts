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

export type EdgeLabels = Readonly<Record<(typeof edgeLabelNames)[number], string>>;

/** Upper bounds in milliseconds, those of Istio's istio_stats filter. */
export const durationBuckets: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

/** Accumulators of one edge. Recording is a look-up and a few additions. */
export interface Edge {
  /** `status` 0: no response. `flags` is `-` or Envoy's codes; `grpcStatus` is empty unless gRPC. */
  record(status: number, flags: string, grpcStatus: string, durationMs: number): void;
  series(): Iterable<Series>;
}

export interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

/** One combination of all labels. */
export class Series {
  count = 0;
  readonly labels: Readonly<Record<string, string>>;
  #sum = 0;
  readonly #buckets = new Float64Array(durationBuckets.length);

  constructor(labels: Readonly<Record<string, string>>) {
    this.labels = labels;
  }

  record(durationMs: number): void {
    this.count += 1;
    this.#sum += durationMs;
    for (let at = 0; at < durationBuckets.length; at += 1) {
      if (durationMs > durationBuckets[at]!) continue;
      this.#buckets[at]! += 1;
      return;
    }
  }

  durationValues(): MetricValue[] {
    const name = "istio_request_duration_milliseconds";
    let below = 0;
    const values: MetricValue[] = durationBuckets.map((bound, at) => {
      below += this.#buckets[at]!;
      return { metricName: `${name}_bucket`, labels: { le: bound, ...this.labels }, value: below };
    });
    values.push({ metricName: `${name}_bucket`, labels: { le: "+Inf", ...this.labels }, value: this.count });
    values.push({ metricName: `${name}_sum`, labels: this.labels, value: this.#sum });
    values.push({ metricName: `${name}_count`, labels: this.labels, value: this.count });
    return values;
  }
}

export function createEdge(labels: EdgeLabels): Edge {
  const plain = new Map<number, Series>();
  const others = new Map<string, Series>();

  function seriesOf(status: number, flags: string, grpcStatus: string): Series {
    const ordinary = flags === "-" && grpcStatus === "";
    const known = ordinary ? plain.get(status) : others.get(`${status} ${flags} ${grpcStatus}`);
    if (known !== undefined) return known;
    const series = new Series({
      ...labels,
      request_protocol: grpcStatus === "" ? "http" : "grpc",
      response_code: String(status),
      grpc_response_status: grpcStatus,
      response_flags: flags,
    });
    if (ordinary) plain.set(status, series);
    else others.set(`${status} ${flags} ${grpcStatus}`, series);
    return series;
  }

  return {
    record(status, flags, grpcStatus, durationMs) {
      seriesOf(status, flags, grpcStatus).record(durationMs);
    },
    *series() {
      yield* plain.values();
      yield* others.values();
    },
  };
}
