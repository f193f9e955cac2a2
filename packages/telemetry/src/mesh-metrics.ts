import type { MetricsPage } from "./metrics-page.ts";
import { type MetricDescription, type MetricValue, SeriesMetric } from "./series-metric.ts";

/** What a mesh knows of itself, read when somebody scrapes. */
export interface MeshFacts {
  /** Version of intramesh. */
  readonly version: string;
  /** Of the configuration in force; undefined where its source does not count. */
  revision(): number | undefined;
  applied(): number;
  rejected(): number;
  /** States and resources that are refused now. */
  refusals(): number;
  resources(): number;
  /** When the configuration in force came, seconds since 1970; undefined before the first. */
  appliedAtSeconds(): number | undefined;
  /** True while what is in force was remembered, not heard from a source. */
  stale(): boolean;
  /** Since the registry was heard of last; undefined without one, or before the first word. */
  silentSeconds(): number | undefined;
  /** Requests that handlers work on. */
  inboundActive(): number;
  /** Share of time, 0 to 1. */
  eventLoopUtilization(): number;
  /** Requests and clusters that were counted under `_other`. */
  folded(): { readonly istio: number; readonly cluster: number };
}

/** Puts the state of the mesh itself on the page. */
export function addMeshMetrics(page: MetricsPage, facts: MeshFacts): void {
  function add(description: MetricDescription, read: () => number | boolean | undefined): void {
    page.add(new SeriesMetric(description, () => single(read())));
  }

  const { version } = facts;
  const build = { component: "proxy", tag: version };
  page.add(
    new SeriesMetric(gauge("istio_build", "Version of intramesh, as Istio shows it; the value is 1."), () => [
      { value: 1, labels: build },
    ]),
  );
  page.add(
    new SeriesMetric(gauge("intramesh_build_info", "Versions of intramesh and of Node; the value is 1."), () => [
      { value: 1, labels: { version, node: process.versions.node } },
    ]),
  );
  add(gauge("intramesh_config_revision", "Revision of the configuration in force."), facts.revision);
  add(gauge("intramesh_config_resources", "Resources of the configuration in force."), facts.resources);
  add(counter("intramesh_config_applied_total", "States of the resources that came into force."), facts.applied);
  add(
    counter("intramesh_config_rejected_total", "States and resources that were refused; what was in force stayed."),
    facts.rejected,
  );
  add(gauge("intramesh_config_refusals", "States and resources that are refused now."), facts.refusals);
  add(
    gauge("intramesh_config_applied_timestamp_seconds", "When the configuration in force came, since 1970."),
    facts.appliedAtSeconds,
  );
  add(gauge("intramesh_config_stale", "1 while what is in force was remembered from an earlier run."), facts.stale);
  add(gauge("intramesh_config_silence_seconds", "Time since the registry was heard of last."), facts.silentSeconds);
  add(gauge("intramesh_inbound_requests_active", "Inbound requests that are being handled."), facts.inboundActive);
  add(
    gauge("intramesh_event_loop_utilization", "Share of time in which the event loop was busy, 0 to 1, lately."),
    facts.eventLoopUtilization,
  );
  page.add(
    new SeriesMetric(
      counter(
        "intramesh_metrics_folded_total",
        "What found no room and is counted under _other: requests of Istio's metrics, clusters of Envoy's.",
      ),
      () => {
        const { istio, cluster } = facts.folded();
        return [
          { value: istio, labels: { family: "istio" } },
          { value: cluster, labels: { family: "envoy_cluster" } },
        ];
      },
    ),
  );
}

/** Values of one process are its own: over several workers the largest one says most. */
function gauge(name: string, help: string): MetricDescription {
  return { name, help, type: "gauge", aggregator: "max" };
}

function counter(name: string, help: string): MetricDescription {
  return { name, help, type: "counter" };
}

function single(value: number | boolean | undefined): MetricValue[] {
  return value === undefined ? [] : [{ value: Number(value), labels: {} }];
}
