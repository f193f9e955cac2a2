import { performance } from "node:perf_hooks";
import { kinds } from "@intramesh/config";
import type { ClientReports } from "../clients/client-reports.ts";
import type { MeshRevisions } from "../clients/mesh-revisions.ts";
import type { InstanceKeeper } from "../instances/instance-keeper.ts";
import { ownVersion } from "../own-version.ts";
import type { RegistryState } from "../state/registry-state.ts";
import { type CommitMeasure, commitBounds } from "../store/measure-store.ts";
import type { WatchHub } from "../watch/watch-hub.ts";
import type { RequestCounter } from "./app.ts";
import { byLabel, histogram, type Metric, single } from "./metrics-text.ts";

/** What the metrics of a registry are read from. */
export interface MetricsParts {
  readonly state: RegistryState;
  readonly instances: InstanceKeeper;
  readonly hub: WatchHub;
  readonly requests: RequestCounter;
  readonly reports: ClientReports;
  readonly revisions: MeshRevisions;
  commits(): CommitMeasure;
}

/** Everything that an operator of a registry watches, as of now. */
export function registryMetrics(parts: MetricsParts): readonly Metric[] {
  return [
    ...buildMetrics(),
    ...stateMetrics(parts),
    ...storeMetrics(parts),
    ...instanceMetrics(parts),
    ...clientMetrics(parts),
    byLabel(
      "intramesh_registry_requests_total",
      "counter",
      "Requests answered, by status code.",
      "code",
      parts.requests,
    ),
    ...processMetrics(),
  ];
}

function buildMetrics(): Metric[] {
  const node = process.versions.node;
  return [
    {
      name: "istio_build",
      type: "gauge",
      help: "Version of intramesh, as Istio shows it; the value is 1.",
      samples: [{ labels: `component="pilot",tag="${ownVersion}"`, value: 1 }],
    },
    {
      name: "intramesh_registry_build_info",
      type: "gauge",
      help: "Versions of the registry and of Node; the value is 1.",
      samples: [{ labels: `version="${ownVersion}",node="${node}"`, value: 1 }],
    },
  ];
}

function stateMetrics({ state }: MetricsParts): Metric[] {
  const countsByKind = kinds.map((info) => [info.kind, state.countOf(info)] as const);
  return [
    single("intramesh_registry_revision", "gauge", "Revision of the last change.", state.revision),
    byLabel("intramesh_registry_resources", "gauge", "Resources by kind.", "kind", countsByKind),
  ];
}

function storeMetrics({ state, commits }: MetricsParts): Metric[] {
  const { buckets, seconds, failures, changes } = commits();
  return [
    single(
      "intramesh_registry_ready",
      "gauge",
      "1 where the last write was taken, 0 where the disk refused it.",
      state.failure === undefined,
    ),
    single("intramesh_registry_changes_total", "counter", "Changes written.", changes),
    single("intramesh_registry_commit_failures_total", "counter", "Writes that the disk did not take.", failures),
    histogram(
      "intramesh_registry_commit_duration_seconds",
      "Time that a write takes to be on disk, its fsync included.",
      commitBounds,
      { buckets, sum: seconds },
    ),
  ];
}

function instanceMetrics({ instances }: MetricsParts): Metric[] {
  const { registered, renewed, left, evicted } = instances.counts;
  return [
    single("intramesh_registry_instances", "gauge", "Instances that hold a lease.", instances.count),
    single(
      "intramesh_registry_instances_preserved",
      "gauge",
      "Instances whose lease has run out and that are kept, because too many did at once.",
      instances.preserved,
    ),
    byLabel(
      "intramesh_registry_instance_events_total",
      "counter",
      "What instances did: registered or changed, renewed a lease, left, or were evicted without one.",
      "event",
      Object.entries({ registered, renewed, left, evicted }),
    ),
  ];
}

function clientMetrics({ state, hub, reports, revisions }: MetricsParts): Metric[] {
  const clients = reports.all();
  const behind = clients.filter(({ report }) => revisions.reached(report.revision) < state.revision);
  const refusing = clients.filter(({ report }) => report.rejected.length > 0);
  return [
    single("intramesh_registry_watchers", "gauge", "Open watches.", hub.count),
    single("intramesh_registry_watch_openings", "gauge", "Open watches whose first state is under way.", hub.openings),
    single("intramesh_registry_clients", "gauge", "Processes that have reported within a minute.", clients.length),
    single(
      "intramesh_registry_clients_behind",
      "gauge",
      "Of those, how many do not run the newest state.",
      behind.length,
    ),
    single("intramesh_registry_clients_refusing", "gauge", "Of those, how many refuse a resource.", refusing.length),
  ];
}

/** By the names that every client library of Prometheus gives them. */
function processMetrics(): Metric[] {
  const { user, system } = process.cpuUsage();
  const startedAt = performance.timeOrigin / 1_000;
  const { utilization } = performance.eventLoopUtilization();
  return [
    single("process_cpu_seconds_total", "counter", "Processor time, in seconds.", (user + system) / 1e6),
    single("process_resident_memory_bytes", "gauge", "Memory, in bytes.", process.memoryUsage.rss()),
    single("process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.", startedAt),
    single(
      "intramesh_registry_event_loop_utilization",
      "gauge",
      "Share of time in which the event loop was busy, 0 to 1, since the start.",
      utilization,
    ),
  ];
}
