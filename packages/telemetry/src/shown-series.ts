import type { Series } from "./edge.ts";
import { changedLabels, type MetricRules } from "./metric-rules.ts";

/** One line of a metric: labels, and the series that are counted together under them. */
export interface ShownSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly series: readonly Series[];
}

/**
 * The series of a metric as the rules have it shown: without those that are disabled, and with those in one whose labels
 * the rules leave alike. Series are kept with all their labels, so that a change of the rules loses no counts.
 */
export function shownSeries(metric: string, all: readonly Series[], rules: MetricRules): readonly ShownSeries[] {
  if (rules.isPlain(metric) && !all.some(({ tags }) => tags !== undefined))
    return all.map((series) => ({ labels: series.labels, series: [series] }));
  const shown = new Map<string, { readonly labels: ShownSeries["labels"]; readonly series: Series[] }>();
  for (const series of all) {
    const policy = rules.policyOf(metric, series.labels["reporter"]!);
    if (policy?.disabled === true) continue;
    const labels = policy === undefined ? series.labels : changedLabels(series.labels, policy, series.tags);
    const key = keyOf(labels);
    const known = shown.get(key);
    if (known === undefined) shown.set(key, { labels, series: [series] });
    else known.series.push(series);
  }
  return [...shown.values()];
}

/** The same for the same labels in whatever order. */
function keyOf(labels: ShownSeries["labels"]): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}\u0000${labels[name]}`)
    .join("\u0000");
}
