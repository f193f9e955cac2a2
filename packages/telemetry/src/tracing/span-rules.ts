import type { CustomTag, Random, SideTelemetry, TracingPolicy } from "@intramesh/core";
import type { Attributes } from "@opentelemetry/api";
import type { RootSampling, TraceRoot } from "./root-sampling.ts";
import { spanAttributes } from "./span-attributes.ts";

/** What resources say of the spans of one side, ready for requests. */
export interface SpanRules {
  /** False: no span is made, and what came in is passed on. */
  readonly reports: boolean;
  /** Tags that are the same on every span. */
  readonly tags: Attributes;
  /** Tags that a request's headers decide; undefined where there are none. */
  readonly tagsOf: ((header: (name: string) => string | undefined) => Attributes) | undefined;
  /** Undefined: the SDK's sampler decides alone. */
  readonly sampling: RootSampling | undefined;
  /** False: the span's context is not put on outbound requests. */
  readonly propagates: boolean;
}

/** `owner` are the process's tags; `sampling` is asked beside what the policy says. */
export function compileSpanRules(
  { tracing }: Pick<SideTelemetry, "tracing">,
  owner: Attributes,
  sampling: RootSampling | undefined,
  random: Random,
): SpanRules {
  const headerTags = tracing.tags.filter((tag) => tag.kind === "header");
  return {
    reports: tracing.reportsSpans,
    tags: { ...(tracing.istioTags ? owner : withoutIstio(owner)), ...fixedTags(tracing.tags) },
    tagsOf: headerTags.length === 0 ? undefined : (header) => tagsOfHeaders(headerTags, header),
    sampling: both(sampling, percentSampling(tracing, random)),
    propagates: tracing.propagates,
  };
}

const istioTags: ReadonlySet<string> = new Set([
  spanAttributes.canonicalService,
  spanAttributes.canonicalRevision,
  spanAttributes.namespace,
  spanAttributes.meshId,
]);

function withoutIstio(owner: Attributes): Attributes {
  return Object.fromEntries(Object.entries(owner).filter(([name]) => !istioTags.has(name)));
}

function fixedTags(tags: readonly CustomTag[]): Attributes {
  const fixed: Attributes = {};
  for (const tag of tags) {
    if (tag.kind === "header") continue;
    const value = tag.kind === "literal" ? tag.value : (process.env[tag.variable] ?? tag.fallback);
    if (value !== undefined) fixed[tag.name] = value;
  }
  return fixed;
}

function tagsOfHeaders(
  tags: readonly (CustomTag & { readonly kind: "header" })[],
  header: (name: string) => string | undefined,
): Attributes {
  const found: Attributes = {};
  for (const tag of tags) {
    const value = header(tag.header) ?? tag.fallback;
    if (value !== undefined) found[tag.name] = value;
  }
  return found;
}

function both(one: RootSampling | undefined, other: RootSampling | undefined): RootSampling | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return (root) => one(root) && other(root);
}

/** Ten thousand kinds of request: hundredths of a percent, as in Envoy. */
const sampleKinds = 10_000;

function percentSampling(policy: TracingPolicy, random: Random): RootSampling | undefined {
  const { samplingPercent, samplesByRequestId } = policy;
  if (samplingPercent === undefined) return undefined;
  const kept = Math.round(samplingPercent * 100);
  return (root) => ((samplesByRequestId ? kindOfRequest(root) : undefined) ?? random() * sampleKinds) < kept;
}

/** The first eight digits of the request's UUID say alike to everybody (Envoy's uuid request id extension). Undefined where it is none. */
function kindOfRequest({ header }: TraceRoot): number | undefined {
  const digits = /^[0-9a-f]{8}(?=-)/i.exec(header("x-request-id") ?? "")?.[0];
  return digits === undefined ? undefined : Number.parseInt(digits, 16) % sampleKinds;
}
