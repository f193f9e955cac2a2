import { duration, flag, honoured, listOf, mapOf, object, oneOf, percentage, text, validated } from "./build-schema.ts";
import type { KindSchema, ObjectSchema } from "./field-schema.ts";
import { targetFields, targetReference } from "./workload-target.ts";

const mode = honoured(oneOf("CLIENT_AND_SERVER", "CLIENT", "SERVER"), "On which side.", {
  default: "CLIENT_AND_SERVER",
});
const match: ObjectSchema = object("TelemetryMatch", "On which side it holds.", { mode });
const provider: ObjectSchema = object("TelemetryProvider", "Where it is sent.", {
  name: honoured(text, "Its name in the mesh's settings.", {
    required: true,
    differs:
      "Only `envoy`, for access logs, and `prometheus`, for metrics, are; spans go where OpenTelemetry's SDK is told to send them.",
  }),
});

const literalTag: ObjectSchema = object("LiteralTag", "The same text on each span.", {
  value: honoured(text, "The text.", { required: true }),
});
const environmentTag: ObjectSchema = object("EnvironmentTag", "From the environment of the process.", {
  name: honoured(text, "Name of the variable.", { required: true }),
  defaultValue: honoured(text, "What stands where it is not set.", { default: "no tag" }),
});
const headerTag: ObjectSchema = object("HeaderTag", "From the request.", {
  name: honoured(text, "Name of the header.", { required: true }),
  defaultValue: honoured(text, "What stands where the request has none.", { default: "no tag" }),
});
const formatterTag: ObjectSchema = object("FormatterTag", "From an access log's format.", {
  value: validated(text, "Text with Envoy's operators."),
});
const customTag: ObjectSchema = object("CustomTagSpec", "A tag: one of the four.", {
  literal: honoured(literalTag, "The same text on each span."),
  environment: honoured(environmentTag, "From the environment of the process."),
  header: honoured(headerTag, "From the request."),
  formatter: validated(formatterTag, "From an access log's format."),
});

const tracing: ObjectSchema = object("TelemetryTracing", "Spans.", {
  match: honoured(match, "On which side."),
  providers: validated(listOf(provider), "Where spans are sent: OpenTelemetry's SDK knows, by its own variables."),
  randomSamplingPercentage: honoured(
    percentage,
    "Share of the traces that begin here that is kept, 0 to 100 percent.",
    {
      default: "what OpenTelemetry's sampler says",
      differs:
        "The sampler of OpenTelemetry's SDK may leave out more, and decides alone where the field is absent: Istio keeps 1 percent then.",
    },
  ),
  disableSpanReporting: honoured(flag, "Makes no spans; context is passed on.", { default: "false" }),
  customTags: honoured(mapOf(customTag), "Tags by name. Those of the most specific resource, as a whole."),
  useRequestIdForTraceSampling: honoured(flag, "Decides by `x-request-id`, so that all decide alike.", {
    default: "true",
  }),
  enableIstioTags: honoured(flag, "Adds Istio's own tags.", { default: "true" }),
  disableContextPropagation: honoured(flag, "Passes no context on.", {
    default: "false",
    differs: "Headers that the program or its caller has set travel on.",
  }),
});

const metricMatch: ObjectSchema = object("MetricMatch", "Which metrics: `metric` or `customMetric`.", {
  metric: honoured(text, "One of Istio's, such as `REQUEST_COUNT`.", {
    default: "ALL_METRICS",
    differs: "Those of TCP and of gRPC messages are not there; what is said of them has no effect.",
  }),
  customMetric: validated(text, "Any other, by its name."),
  mode,
});

const tagOverride: ObjectSchema = object("TagOverride", "What becomes of a label.", {
  operation: honoured(oneOf("UPSERT", "REMOVE"), "Sets it or takes it away.", { default: "UPSERT" }),
  value: honoured(text, "Expression for the value. UPSERT only.", {
    differs:
      "A text in quotes, `request.host`, `request.method`, `request.scheme` or `request.headers['name']`; other expressions are warned of, and the label stays as it is.",
  }),
});

const metricOverride: ObjectSchema = object("MetricOverride", "A change of some metrics.", {
  match: honoured(metricMatch, "Which metrics.", { default: "all" }),
  disabled: honoured(flag, "Shows nothing.", { default: "false" }),
  tagOverrides: honoured(mapOf(tagOverride), "Labels by name."),
});

const metrics: ObjectSchema = object("TelemetryMetrics", "Metrics.", {
  providers: honoured(listOf(provider), "Where metrics are sent.", {
    default: "`prometheus`",
    differs: "Only `prometheus` is one, each process's page: overrides for others alone have no effect.",
  }),
  overrides: honoured(listOf(metricOverride), "Changes, in order."),
  reportingInterval: validated(duration, "Time between reports of TCP metrics, at least 1ms.", { default: "5s" }),
});

const logFilter: ObjectSchema = object("AccessLogFilter", "Which requests are logged.", {
  expression: honoured(text, "Expression in CEL over `request`, `response`, `source`, `destination` and `upstream`.", {
    differs:
      "One that cannot be used, or names an attribute that is not known here, is warned of, and every request is logged.",
  }),
});

const accessLogging: ObjectSchema = object("TelemetryAccessLogging", "Lines by request.", {
  match: honoured(match, "On which side."),
  providers: honoured(listOf(provider), "Where lines are sent.", {
    default: "`envoy`",
    differs:
      "`envoy` writes to standard output, or where the process's own option says; others are warned of, and nothing is written for them.",
  }),
  disabled: honoured(flag, "Writes nothing.", { default: "false" }),
  filter: honoured(logFilter, "Which requests."),
});

export const telemetry: KindSchema = {
  kind: "Telemetry",
  doc: "What is traced, measured and logged of workloads. Of the mesh's root namespace, of a namespace and of selected workloads; the most specific has the last word.",
  status: "honoured",
  spec: object("TelemetrySpec", "Workloads and what they report.", {
    ...targetFields,
    targetRef: validated(targetReference, "The gateway or waypoint that it is for; there is none here.", {
      deprecated: "targetRefs",
    }),
    targetRefs: validated(listOf(targetReference), "The gateways or waypoints that it is for; there are none here."),
    tracing: honoured(listOf(tracing), "Spans."),
    metrics: honoured(listOf(metrics), "Metrics."),
    accessLogging: honoured(listOf(accessLogging), "Lines by request."),
  }),
};
