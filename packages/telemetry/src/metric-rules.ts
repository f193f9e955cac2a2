import type { MetricPolicy, RequestView, TagValue, TelemetryPolicy } from "@intramesh/core";
import type { RequestTags } from "./edge.ts";

/** Makes the values that labels are set to of a request. */
export type TagReader = (request: RequestView) => RequestTags;

/** What resources say of Istio's metrics, ready for requests and for pages. */
export interface MetricRules {
  /** Of requests that the process makes; undefined where no label is set to what a request says. */
  readonly clientTags: TagReader | undefined;
  /** Of requests that it answers. */
  readonly serverTags: TagReader | undefined;
  /** Policy of a metric for one `reporter`; undefined: it is shown as it is. */
  policyOf(metric: string, reporter: string): MetricPolicy | undefined;
  /** True where every series of the metric is shown as it is. */
  isPlain(metric: string): boolean;
}

/** What Istio writes where a request has no value for a label. */
const unknown = "unknown";
/** A caller's header makes a label no longer than this. */
const longestValue = 256;

export function compileMetricRules({ client, server }: Pick<TelemetryPolicy, "client" | "server">): MetricRules {
  return {
    clientTags: tagReader(client.metrics),
    serverTags: tagReader(server.metrics),
    policyOf: (metric, reporter) => (reporter === "source" ? client : server).metrics[metric],
    isPlain: (metric) => client.metrics[metric] === undefined && server.metrics[metric] === undefined,
  };
}

/**
 * Labels of a series as a metric with that policy shows them. `tags` are the values that its requests gave; series from
 * before the policy have none.
 */
export function changedLabels(
  labels: Readonly<Record<string, string>>,
  { tags }: MetricPolicy,
  values: RequestTags["values"] | undefined,
): Readonly<Record<string, string>> {
  const changed: Record<string, string> = { ...labels };
  for (const [label, change] of Object.entries(tags)) {
    if (change.kind === "remove") delete changed[label];
    else
      changed[label] = change.value.kind === "literal" ? change.value.text : (values?.[keyOf(change.value)] ?? unknown);
  }
  return changed;
}

function tagReader(metrics: Readonly<Record<string, MetricPolicy>>): TagReader | undefined {
  const sources = new Map<string, TagValue>();
  for (const { tags } of Object.values(metrics)) {
    for (const change of Object.values(tags)) {
      if (change.kind === "set" && change.value.kind !== "literal") sources.set(keyOf(change.value), change.value);
    }
  }
  if (sources.size === 0) return undefined;
  const readers = [...sources].map(([key, value]) => [key, readerOf(value)] as const);
  return (request) => {
    const values: Record<string, string> = {};
    let key = "";
    for (const [name, read] of readers) {
      const value = read(request)?.slice(0, longestValue) ?? unknown;
      values[name] = value;
      key += `${value}\u0000`;
    }
    return { key, values };
  };
}

function readerOf(value: TagValue): (request: RequestView) => string | undefined {
  switch (value.kind) {
    case "literal":
      return () => value.text;
    case "header":
      return (request) => request.header(value.header);
    case "request":
      return { host: hostOf, method: methodOf, scheme: schemeOf }[value.attribute];
  }
}

const hostOf = ({ authority }: RequestView): string => authority;
const methodOf = ({ method }: RequestView): string => method;
const schemeOf = ({ scheme }: RequestView): string => scheme;

/** One value for the same expression, whichever metrics and labels use it. */
function keyOf(value: TagValue): string {
  return value.kind === "header" ? `header ${value.header}` : value.kind === "request" ? value.attribute : "";
}
