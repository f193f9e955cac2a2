import { anything, duration, flag, listOf, mapOf, object, oneOf, percentage, text, validated } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";
import { targetFields } from "./workload-target.ts";

const mode = validated(oneOf("CLIENT_AND_SERVER", "CLIENT", "SERVER"), "On which side.", {
  default: "CLIENT_AND_SERVER",
});
const match: ObjectSchema = object("TelemetryMatch", "On which side it holds.", { mode });
const provider: ObjectSchema = object("TelemetryProvider", "Where it is sent.", {
  name: validated(text, "Its name in the mesh's settings.", { required: true }),
});

const tracing: ObjectSchema = object("TelemetryTracing", "Spans.", {
  match: validated(match, "On which side."),
  providers: validated(listOf(provider), "Where spans are sent."),
  randomSamplingPercentage: validated(percentage, "Share of the requests that is traced, 0 to 100 percent.", {
    default: "1",
  }),
  disableSpanReporting: validated(flag, "Sends no spans; context is passed on.", { default: "false" }),
  customTags: validated(mapOf(anything), "Tags by name, not looked into."),
  useRequestIdForTraceSampling: validated(flag, "Decides by `x-request-id`.", { default: "true" }),
  enableIstioTags: validated(flag, "Adds Istio's own tags.", { default: "true" }),
  disableContextPropagation: validated(flag, "Passes no context on.", { default: "false" }),
});

const metricMatch: ObjectSchema = object("MetricMatch", "Which metrics: `metric` or `customMetric`.", {
  metric: validated(text, "One of Istio's, such as `REQUEST_COUNT`.", { default: "ALL_METRICS" }),
  customMetric: validated(text, "Any other, by its name."),
  mode,
});

const tagOverride: ObjectSchema = object("TagOverride", "What becomes of a label.", {
  operation: validated(oneOf("UPSERT", "REMOVE"), "Sets it or takes it away.", { default: "UPSERT" }),
  value: validated(text, "Expression for the value. UPSERT only."),
});

const metricOverride: ObjectSchema = object("MetricOverride", "A change of some metrics.", {
  match: validated(metricMatch, "Which metrics.", { default: "all" }),
  disabled: validated(flag, "Counts nothing.", { default: "false" }),
  tagOverrides: validated(mapOf(tagOverride), "Labels by name."),
});

const metrics: ObjectSchema = object("TelemetryMetrics", "Metrics.", {
  providers: validated(listOf(provider), "Where metrics are sent."),
  overrides: validated(listOf(metricOverride), "Changes, in order."),
  reportingInterval: validated(duration, "Time between reports of TCP metrics, at least 1ms.", { default: "5s" }),
});

const logFilter: ObjectSchema = object("AccessLogFilter", "Which requests are logged.", {
  expression: validated(text, "Expression in CEL."),
});

const accessLogging: ObjectSchema = object("TelemetryAccessLogging", "Lines by request.", {
  match: validated(match, "On which side."),
  providers: validated(listOf(provider), "Where lines are sent."),
  disabled: validated(flag, "Writes nothing.", { default: "false" }),
  filter: validated(logFilter, "Which requests."),
});

export const telemetry: KindSchema = {
  kind: "Telemetry",
  doc: "What is measured, traced and logged. Kept and checked; spans and metrics follow the library's options.",
  status: "validated",
  spec: object("TelemetrySpec", "Workloads and what they report.", {
    ...targetFields,
    tracing: validated(listOf(tracing), "Spans."),
    metrics: validated(listOf(metrics), "Metrics."),
    accessLogging: validated(listOf(accessLogging), "Lines by request."),
  }),
};
