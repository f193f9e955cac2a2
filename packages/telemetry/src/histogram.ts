import type { MetricValue } from "./series-metric.ts";

/** Upper bounds of Istio's histograms, those of Envoy's statistics: milliseconds or bytes. */
export const histogramBounds: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

/** `le` of each bucket, made once. */
const boundLabels = [...histogramBounds, "+Inf"].map((bound) => ({ le: String(bound) }));
const noLabels: Readonly<Record<string, string>> = {};

/** Counts by size. Recording is a short walk over numbers; what a page needs is made when it is asked for. */
export class Histogram {
  #sum = 0;
  /** Not cumulative; the last one holds what is over every bound. */
  readonly #counts = new Float64Array(histogramBounds.length + 1);

  record(value: number): void {
    this.#sum += value;
    let at = 0;
    while (at < histogramBounds.length && value > histogramBounds[at]!) at += 1;
    this.#counts[at]! += 1;
  }

  /** Takes over what another one has counted. */
  add(other: Histogram): void {
    this.#sum += other.#sum;
    for (const [at, count] of other.#counts.entries()) this.#counts[at]! += count;
  }

  /** Lines of the metric `name` for the series with these labels. */
  values(name: string, sharedLabels: Readonly<Record<string, string>>): MetricValue[] {
    let below = 0;
    const values: MetricValue[] = boundLabels.map((labels, at) => {
      below += this.#counts[at]!;
      return { metricName: `${name}_bucket`, labels, sharedLabels, value: below };
    });
    values.push({ metricName: `${name}_sum`, labels: noLabels, sharedLabels, value: this.#sum });
    values.push({ metricName: `${name}_count`, labels: noLabels, sharedLabels, value: below });
    return values;
  }
}

/** One over all; itself where it is alone. */
export function joinedHistogram(parts: readonly Histogram[]): Histogram {
  const [first, ...rest] = parts;
  if (first !== undefined && rest.length === 0) return first;
  const joined = new Histogram();
  for (const part of parts) joined.add(part);
  return joined;
}
