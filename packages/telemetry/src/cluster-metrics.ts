import { otherLabel } from "./istio-metrics.ts";
import type { MetricsPage } from "./metrics-page.ts";
import { type MetricValue, SeriesMetric } from "./series-metric.ts";

/** Clusters that a process tells apart: with 36 lines each as much as Istio's metrics of 500 series. */
const maxClusters = 1_000;

/** Counters of one cluster, by Envoy's names (cluster_stats) where Envoy has one. Increment them in place. */
export const clusterCounterHelp = {
  upstream_rq_total: "Attempts sent, retries and hedges included.",
  upstream_rq_retry: "Retries sent.",
  upstream_rq_retry_success: "Requests that a retry brought to a response that needs no further one.",
  upstream_rq_retry_overflow: "Retries not sent because the retry ceiling or budget was full.",
  upstream_rq_retry_limit_exceeded: "Requests whose retries were used up.",
  upstream_rq_retry_chained: "Retries not sent because the inbound request was a retry itself.",
  upstream_rq_retry_forbidden:
    "Retries not sent because the answer said that the service behind it had stopped retrying.",
  upstream_rq_retry_backoff_ratelimited: "Retries that waited for as long as the answer had asked.",
  upstream_rq_retry_pushed_back:
    "Retries not sent because the answer asked for more time than was left, or for none at all.",
  upstream_rq_timeout: "Requests that ran into the route timeout.",
  upstream_rq_per_try_timeout: "Attempts that ran into the per-try timeout.",
  upstream_rq_pending_overflow: "Requests refused because a ceiling of the connection pool was reached.",
  upstream_cx_connect_fail: "Attempts that could not connect.",
  upstream_rq_no_endpoint: "Requests for which there was no healthy endpoint.",
  upstream_rq_mirrored: "Copies sent to this cluster.",
  upstream_rq_mirror_dropped: "Copies not sent: too many in flight, or a body that cannot be copied.",
  outlier_detection_ejections_enforced_total: "Endpoints ejected.",
  outlier_detection_ejections_overflow: "Ejections not carried out because of maxEjectionPercent.",
  circuit_breaker_opened: "Times the error-rate breaker opened.",
  circuit_breaker_short_circuited: "Requests refused by an open error-rate breaker.",
  bulkhead_rejected: "Requests refused by the bulkhead.",
  fallback_success: "Requests answered by the fallback.",
  fallback_rejected: "Fallbacks not run because of their concurrency cap.",
  upstream_rq_hedged: "Hedges sent.",
  upstream_rq_collapsed: "Requests that shared another one's upstream call.",
  rate_limited: "Requests refused by the local rate limit.",
  adaptive_concurrency_rejected: "Requests refused by the adaptive concurrency limit.",
} as const;

export type ClusterCounter = keyof typeof clusterCounterHelp;
export type ClusterStats = Record<ClusterCounter, number>;

/** Values of one cluster that go up and down, read when somebody scrapes. */
export interface ClusterGauges {
  readonly membership_total: number;
  readonly membership_healthy: number;
  readonly upstream_rq_active: number;
  readonly upstream_rq_pending_active: number;
  readonly upstream_cx_active: number;
  readonly outlier_detection_ejections_active: number;
  readonly circuit_breaker_open: number;
}

/** The gauges of a cluster, by Envoy's names where Envoy has one. */
export const clusterGaugeHelp: Readonly<Record<keyof ClusterGauges, string>> = {
  membership_total: "Endpoints of the cluster.",
  membership_healthy: "Endpoints that are not ejected.",
  upstream_rq_active: "Requests in flight.",
  upstream_rq_pending_active: "Requests that wait for a connection; counted where connectionPool sets a ceiling.",
  upstream_cx_active: "Open connections; counted where connectionPool sets a ceiling.",
  outlier_detection_ejections_active: "Endpoints that are ejected now.",
  circuit_breaker_open: "1 while the error-rate breaker refuses requests, else 0.",
};

export interface ClusterMetrics {
  /** The counters of a cluster; the same object for the same name. */
  stats(cluster: string): ClusterStats;
  /** Where the gauges of a cluster are read; `undefined` when the cluster is gone. */
  watch(cluster: string, gauges: (() => ClusterGauges) | undefined): void;
  /** Clusters that were counted under `_other` so far. */
  readonly folded: number;
}

/** What the mesh counts of its clusters. Beyond a thousand of them, counters go to `_other` and gauges are left out. */
export function createClusterMetrics(page: MetricsPage): ClusterMetrics {
  const stats = new Map<string, ClusterStats>();
  const gauges = new Map<string, () => ClusterGauges>();
  let folded = 0;

  for (const [name, help] of Object.entries(clusterCounterHelp) as [ClusterCounter, string][]) {
    const read = (): MetricValue[] =>
      [...stats].map(([cluster, values]) => ({ value: values[name], labels: clusterLabel(cluster) }));
    page.add(new SeriesMetric({ name: `envoy_cluster_${name}`, help, type: "counter" }, read));
  }
  for (const [name, help] of Object.entries(clusterGaugeHelp) as [keyof ClusterGauges, string][]) {
    const read = (): MetricValue[] =>
      [...gauges].map(([cluster, values]) => ({ value: values()[name], labels: clusterLabel(cluster) }));
    page.add(new SeriesMetric({ name: `envoy_cluster_${name}`, help, type: "gauge" }, read));
  }

  function statsOf(cluster: string): ClusterStats {
    const known = stats.get(cluster);
    if (known !== undefined) return known;
    // Every counter is there.
    const fresh = Object.fromEntries(Object.keys(clusterCounterHelp).map((name) => [name, 0])) as ClusterStats;
    stats.set(cluster, fresh);
    return fresh;
  }

  return {
    stats(cluster) {
      if (stats.has(cluster) || stats.size < maxClusters) return statsOf(cluster);
      folded += 1;
      return statsOf(otherLabel);
    },
    watch(cluster, read) {
      if (read === undefined) gauges.delete(cluster);
      else if (gauges.has(cluster) || gauges.size < maxClusters) gauges.set(cluster, read);
    },
    get folded() {
      return folded;
    },
  };
}

function clusterLabel(cluster: string): Readonly<Record<string, string>> {
  return { envoy_cluster_name: cluster };
}
