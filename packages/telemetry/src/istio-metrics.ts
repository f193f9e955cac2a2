import type { Registry } from "prom-client";
import { createEdge, type Edge, type EdgeLabels, edgeLabelNames } from "./edge.ts";
import { SeriesMetric } from "./series-metric.ts";

/** Edges beyond this number are counted together under `unknown` peers, so that labels cannot fill the memory. */
const maxEdges = 2_000;

export interface IstioMetrics {
  /** The accumulators of one caller and one destination; the same object for the same labels. */
  edge(labels: EdgeLabels): Edge;
}

/** Istio's standard metrics (SEMANTICS: Envoy's istio_stats filter), kept in own accumulators and read at scrape time. */
export function createIstioMetrics(registry: Registry): IstioMetrics {
  const edges = new Map<string, Edge>();

  const requests = new SeriesMetric(
    "istio_requests_total",
    "Requests, one for each call whatever its attempts.",
    "counter",
    () => {
      const values = [];
      for (const edge of edges.values())
        for (const series of edge.series()) values.push({ value: series.count, labels: series.labels });
      return values;
    },
  );
  const duration = new SeriesMetric(
    "istio_request_duration_milliseconds",
    "Time from the start of a request to the end of its response, in milliseconds.",
    "histogram",
    () => [...edges.values()].flatMap((edge) => [...edge.series()].flatMap((series) => series.durationValues())),
  );
  registry.registerMetric(requests.asMetric());
  registry.registerMetric(duration.asMetric());

  return {
    edge(labels) {
      const key = edgeLabelNames.map((name) => labels[name]).join("\u0000");
      const known = edges.get(key);
      if (known !== undefined) return known;
      if (edges.size >= maxEdges) return foldedEdge(labels);
      const edge = createEdge(labels);
      edges.set(key, edge);
      return edge;
    },
  };

  function foldedEdge(labels: EdgeLabels): Edge {
    const key = `folded\u0000${labels.reporter}`;
    const known = edges.get(key);
    if (known !== undefined) return known;
    const unknown = Object.fromEntries(edgeLabelNames.map((name) => [name, "unknown"])) as Record<
      keyof EdgeLabels,
      string
    >;
    const edge = createEdge({ ...unknown, reporter: labels.reporter });
    edges.set(key, edge);
    return edge;
  }
}
