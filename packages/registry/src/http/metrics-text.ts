/** One line of a metric: what follows its name, such as `_sum`, its labels as they stand between the braces, its value. */
export interface Sample {
  readonly suffix?: string;
  readonly labels?: string;
  readonly value: number;
}

/** A metric and its lines. */
export interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** The media type of a page of metrics. */
export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

/** Prometheus' text format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export function metricsText(metrics: readonly Metric[]): string {
  return metrics.map(metricText).join("");
}

/** A metric of one value. */
export function single(name: string, type: "gauge" | "counter", help: string, value: number | boolean): Metric {
  return { name, type, help, samples: [{ value: Number(value) }] };
}

/** A metric with a value for each value of one label. Values of labels are names here: nothing to escape. */
export function byLabel(
  name: string,
  type: "gauge" | "counter",
  help: string,
  label: string,
  values: Iterable<readonly [string | number, number]>,
): Metric {
  const samples = [...values].map(([of, value]) => ({ labels: `${label}="${of}"`, value }));
  return { name, type, help, samples };
}

/** A histogram; `buckets` are cumulative, with one more than there are bounds. */
export function histogram(
  name: string,
  help: string,
  bounds: readonly number[],
  { buckets, sum }: { readonly buckets: readonly number[]; readonly sum: number },
): Metric {
  const lines: Sample[] = buckets.map((value, at) => ({
    suffix: "_bucket",
    labels: `le="${bounds[at] ?? "+Inf"}"`,
    value,
  }));
  const count = buckets.at(-1) ?? 0;
  return {
    name,
    type: "histogram",
    help,
    samples: [...lines, { suffix: "_sum", value: sum }, { suffix: "_count", value: count }],
  };
}

function metricText({ name, type, help, samples }: Metric): string {
  const lines = samples.map(({ suffix = "", labels, value }) => {
    const braces = labels === undefined ? "" : `{${labels}}`;
    return `${name}${suffix}${braces} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
