import { type TelemetryPolicy, unwrittenTelemetry } from "@intramesh/core";
import {
  createEdge,
  type Edge,
  type EdgeLabels,
  edgeLabelNames,
  type RequestRecord,
  requestLabels,
  Series,
} from "./edge.ts";
import { type Histogram, joinedHistogram } from "./histogram.ts";
import { compileMetricRules, type MetricRules } from "./metric-rules.ts";
import type { MetricsPage } from "./metrics-page.ts";
import { type MetricDescription, type MetricValue, SeriesMetric } from "./series-metric.ts";
import { shownSeries } from "./shown-series.ts";

/** Label of what found no room of its own. */
export const otherLabel = "_other";

/** Series of one reporter that a process keeps by default. Each has 64 lines on the page, about 60 KB before compression. */
export const defaultSeriesLimit = 1_000;

/** Of both limits, what hosts outside the mesh may take: a crawler's leave room for services. */
const strangersShare = 0.5;

/** Names under which Istio counts calls to hosts that nobody declares. */
const strangers: ReadonlySet<string> = new Set(["PassthroughCluster", "BlackHoleCluster"]);

/** Pairs of caller and destination that are told apart, whether requests pass or not; a name that a caller makes up is one. */
const maxEdges = 10_000;

/** Istio's standard metrics. */
export interface IstioMetrics {
  /** The accumulators of one caller and one destination; the same object for the same labels. */
  edge(labels: EdgeLabels): Edge;
  /** Requests that were counted under `_other` so far. */
  readonly folded: number;
  /** What resources say of the metrics now. */
  readonly rules: MetricRules;
  /** Takes over what the Telemetry resources say: pages show it at once, requests from the next one on. */
  apply(policy: TelemetryPolicy): void;
}

const requestsTotal: MetricDescription = {
  name: "istio_requests_total",
  help: "Requests, one for each call whatever its attempts.",
  type: "counter",
};

interface HistogramDescription extends MetricDescription {
  of(series: Series): Histogram;
}

const histograms: readonly HistogramDescription[] = [
  {
    name: "istio_request_duration_milliseconds",
    help: "Time from the start of a request to the end of its response, in milliseconds.",
    type: "histogram",
    of: (series) => series.duration,
  },
  {
    name: "istio_request_bytes",
    help: "Size of request bodies, in bytes.",
    type: "histogram",
    of: (series) => series.requestBytes,
  },
  {
    name: "istio_response_bytes",
    help: "Size of response bodies, in bytes.",
    type: "histogram",
    of: (series) => series.responseBytes,
  },
];

/**
 * Istio's standard metrics (Envoy's istio_stats filter), kept in own accumulators and read at scrape time. Each reporter
 * has at most `seriesLimit` series, half of them of hosts that nobody declares; what comes after that is counted in one series for each class of status, with
 * `_other` for its labels and `5xx` for its code, so that rates of errors stay true.
 */
export function createIstioMetrics(page: MetricsPage, seriesLimit: number = defaultSeriesLimit): IstioMetrics {
  const edges = new Map<string, Edge>();
  const all: Series[] = [];
  const rooms = new Map<string, Room>();
  const edgeRoom = createRoom(maxEdges);
  const others = new Map<string, Series>();
  const foldedEdges = new Map<string, Edge>();
  let folded = 0;

  const applied = { policy: unwrittenTelemetry, rules: compileMetricRules(unwrittenTelemetry) };

  page.add(
    new SeriesMetric(requestsTotal, () =>
      shownSeries(requestsTotal.name, all, applied.rules).map(({ labels, series }) => ({
        labels: {},
        sharedLabels: labels,
        value: series.reduce((sum, { count }) => sum + count, 0),
      })),
    ),
  );
  for (const { of, ...description } of histograms) {
    const { name } = description;
    const read = (): MetricValue[] =>
      shownSeries(name, all, applied.rules).flatMap(({ labels, series }) =>
        joinedHistogram(series.map(of)).values(name, labels),
      );
    page.add(new SeriesMetric(description, read));
  }

  function other(reporter: string, request: RequestRecord): { readonly series: Series; readonly keep: boolean } {
    folded += 1;
    const code = request.status === 0 ? "0" : `${Math.floor(request.status / 100)}xx`;
    const key = `${reporter} ${code}`;
    let series = others.get(key);
    if (series === undefined) {
      series = new Series(otherLabels(reporter), {
        request_protocol: otherLabel,
        response_code: code,
        grpc_response_status: otherLabel,
        response_flags: otherLabel,
      });
      others.set(key, series);
      all.push(series);
    }
    return { series, keep: false };
  }

  function roomOf(reporter: string): Room {
    const room = rooms.get(reporter) ?? createRoom(seriesLimit);
    rooms.set(reporter, room);
    return room;
  }

  function openEdge(labels: EdgeLabels): Edge {
    const { reporter } = labels;
    return createEdge((request) => {
      if (!roomOf(reporter).take(isStranger(labels))) return other(reporter, request);
      const opened = new Series(labels, requestLabels(request), request.tags);
      all.push(opened);
      return { series: opened, keep: true };
    });
  }

  function foldedEdge(reporter: string): Edge {
    const known = foldedEdges.get(reporter);
    if (known !== undefined) return known;
    const edge = createEdge((request) => other(reporter, request));
    foldedEdges.set(reporter, edge);
    return edge;
  }

  return {
    edge(labels) {
      const key = edgeLabelNames.map((name) => labels[name]).join("\u0000");
      const known = edges.get(key);
      if (known !== undefined) return known;
      if (!edgeRoom.take(isStranger(labels))) return foldedEdge(labels.reporter);
      const edge = openEdge(labels);
      edges.set(key, edge);
      return edge;
    },
    get folded() {
      return folded;
    },
    get rules() {
      return applied.rules;
    },
    apply(policy) {
      if (policy === applied.policy) return;
      applied.policy = policy;
      applied.rules = compileMetricRules(policy);
    },
  };
}

/** Counts places up to a limit, of which strangers get their share at most. */
interface Room {
  /** False where there is none left. */
  take(isForStranger: boolean): boolean;
}

function createRoom(limit: number): Room {
  let taken = 0;
  let takenByStrangers = 0;
  return {
    take(isForStranger) {
      if (taken >= limit || (isForStranger && takenByStrangers >= limit * strangersShare)) return false;
      taken += 1;
      if (isForStranger) takenByStrangers += 1;
      return true;
    },
  };
}

function isStranger({ destination_service_name }: EdgeLabels): boolean {
  return strangers.has(destination_service_name);
}

function otherLabels(reporter: string): EdgeLabels {
  // Every name is there.
  const labels = Object.fromEntries(edgeLabelNames.map((name) => [name, otherLabel])) as Record<
    keyof EdgeLabels,
    string
  >;
  return { ...labels, reporter };
}
