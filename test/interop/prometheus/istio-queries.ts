/** What a panel of one of Istio's dashboards, or Kiali's graph, asks for. */
export interface IstioQuery {
  readonly panel: string;
  readonly expression: string;
}

/** Values of the dashboards' variables: callers and callees of Bookinfo's ratings. */
const service = "ratings.default.svc.cluster.local";
const interval = "30s";

/** Rate of a metric over a selector. */
function rate(metric: string, selector: string): string {
  return `rate(${metric}{${selector}}[${interval}])`;
}

function quantile(quantile: number, metric: string, selector: string, by: string): string {
  return `histogram_quantile(${quantile}, sum(${rate(`${metric}_bucket`, selector)}) by (${by}, le))`;
}

function quantiles(panel: string, metric: string, selector: string, by: string): IstioQuery[] {
  return [0.5, 0.9, 0.95, 0.99].map((each) => ({
    panel: `${panel}, ${each}`,
    expression: quantile(each, metric, selector, by),
  }));
}

function successes(selector: string, by?: string): string {
  const group = by === undefined ? "" : ` by (${by})`;
  const good = `sum(${rate("istio_requests_total", `${selector},response_code!~"5.*"`)})${group}`;
  return `${good} / sum(${rate("istio_requests_total", selector)})${group}`;
}

const client = 'reporter=~"source|waypoint"';
const workload = "destination_workload, destination_workload_namespace";

/** Istio's Mesh dashboard: everything as callers see it. */
export const meshQueries: readonly IstioQuery[] = [
  { panel: "traffic volume", expression: `round(sum(${rate("istio_requests_total", client)}), 0.01)` },
  { panel: "success rate", expression: successes(client) },
  ...["4.*", "5.*"].map((code) => ({
    panel: `responses ${code}`,
    expression: `round(sum(${rate("istio_requests_total", `${client},response_code=~"${code}"`)}), 0.01)`,
  })),
  {
    panel: "workloads, requests",
    expression: `label_join(sum(${rate("istio_requests_total", client)}) by (${workload}, destination_service), "workload", ".", "destination_workload", "destination_workload_namespace")`,
  },
  ...quantiles("workloads, latency", "istio_request_duration_milliseconds", client, workload),
  { panel: "workloads, success rate", expression: successes(client, workload) },
  { panel: "versions of components", expression: "sum(istio_build) by (component, tag)" },
];

/** The parts that the Service and the Workload dashboards have in common, for one side. */
function sideQueries(side: string, reporter: string, own: string, by: string): IstioQuery[] {
  const all = `reporter=~"${reporter}",${own}`;
  const open = `connection_security_policy!="mutual_tls",${all}`;
  return [
    { panel: `${side}: request volume`, expression: `round(sum(${rate("istio_requests_total", all)}), 0.001)` },
    { panel: `${side}: success rate`, expression: successes(all) },
    {
      panel: `${side}: requests by peer and code`,
      expression: `round(sum(${rate("istio_requests_total", open)}) by (${by}, response_code), 0.001)`,
    },
    { panel: `${side}: success rate by peer`, expression: successes(open, by) },
    ...["istio_request_duration_milliseconds", "istio_request_bytes", "istio_response_bytes"].flatMap((metric) => [
      ...quantiles(`${side}: ${metric}`, metric, all, "reporter"),
      ...quantiles(`${side}: ${metric} by peer`, metric, open, by),
    ]),
  ];
}

/** Istio's Service dashboard, with `$service` and `$qrep` filled in. */
export const serviceQueries: readonly IstioQuery[] = [
  ...sideQueries("client", "source", `destination_service=~"${service}"`, "source_workload, source_workload_namespace"),
  ...sideQueries("server", "destination", `destination_service=~"${service}"`, workload),
  ...sideQueries(
    "callers, by cluster",
    "source|destination",
    `destination_service=~"${service}",source_cluster=~".*",destination_cluster=~".*"`,
    "source_workload, source_workload_namespace, source_cluster",
  ),
];

/** Istio's Workload dashboard, for reviews, which is called and calls. */
export const workloadQueries: readonly IstioQuery[] = [
  ...sideQueries(
    "inbound",
    "destination",
    'destination_workload_namespace=~"default",destination_workload=~"reviews-v2"',
    "source_workload, source_workload_namespace",
  ),
  ...sideQueries(
    "outbound",
    "source",
    'source_workload_namespace=~"default",source_workload=~"reviews-v2"',
    "destination_service",
  ),
];

/** What Kiali groups its graph by. */
const kialiLabels = [
  "source_cluster",
  "source_workload_namespace",
  "source_workload",
  "source_canonical_service",
  "source_canonical_revision",
  "destination_cluster",
  "destination_service_namespace",
  "destination_service",
  "destination_service_name",
  "destination_workload_namespace",
  "destination_workload",
  "destination_canonical_service",
  "destination_canonical_revision",
] as const;

/** Labels of an edge in Kiali's graph of requests. */
export const kialiEdgeLabels: readonly string[] = [
  ...kialiLabels,
  "request_protocol",
  "response_code",
  "grpc_response_status",
  "response_flags",
];

/** Kiali's graph: requests in, out and within a namespace, response times, throughput, and its health. */
export const kialiQueries: readonly IstioQuery[] = [
  {
    panel: "edges, from callers",
    expression: `sum(${rate("istio_requests_total", 'reporter=~"source|waypoint",source_workload_namespace="default"')}) by (${kialiEdgeLabels}) > 0`,
  },
  {
    panel: "edges, from callees",
    expression: `sum(${rate("istio_requests_total", 'reporter="destination",destination_service_namespace="default"')}) by (${kialiEdgeLabels}) > 0`,
  },
  {
    panel: "edges that come from unknown callers",
    expression: `sum(${rate("istio_requests_total", 'reporter="destination",source_workload="unknown",destination_workload_namespace="default"')}) by (${kialiEdgeLabels}) > 0`,
  },
  {
    panel: "response times, 0.95",
    expression: `${quantile(0.95, "istio_request_duration_milliseconds", 'reporter=~"source|waypoint",source_workload_namespace="default"', kialiLabels.join(","))} > 0`,
  },
  {
    panel: "response times, average",
    expression: `sum(${rate("istio_request_duration_milliseconds_sum", 'reporter="source"')}) by (${kialiLabels}) / sum(${rate("istio_request_duration_milliseconds_count", 'reporter="source"')}) by (${kialiLabels})`,
  },
  ...["istio_request_bytes_sum", "istio_response_bytes_sum"].map((metric) => ({
    panel: `throughput, ${metric}`,
    expression: `sum(${rate(metric, 'reporter="source",source_workload_namespace="default"')}) by (${kialiLabels})`,
  })),
  {
    panel: "health of services",
    expression: `sum(${rate("istio_requests_total", 'destination_service_namespace="default"')}) by (destination_service_name, reporter, request_protocol, response_code, grpc_response_status)`,
  },
];

/**
 * Queries of the same dashboards that a mesh of HTTP clients without certificates has nothing for: bytes of TCP, messages
 * of gRPC streams, calls by mutual TLS.
 */
export const unanswered: readonly IstioQuery[] = [
  ...["istio_tcp_sent_bytes_total", "istio_tcp_received_bytes_total"].map((metric) => ({
    panel: metric,
    expression: `sum(${rate(metric, 'reporter=~"source|destination"')}) by (${workload})`,
  })),
  ...["istio_request_messages_total", "istio_response_messages_total"].map((metric) => ({
    panel: metric,
    expression: `sum(${rate(metric, 'reporter="source"')}) by (${kialiLabels})`,
  })),
];
