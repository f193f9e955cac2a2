import type { Exchange, Outcome, RequestTrace, TracedAttempt } from "@intramesh/core";
import type { Attributes, Context, Span } from "@opentelemetry/api";
import type { AmbientContext } from "../ambient-context.ts";
import { withoutSecrets } from "../secrets.ts";
import { otelApi } from "./otel-api.ts";
import { currentTracer } from "./sdk-state.ts";
import { attemptEvent, methodAttributes, spanAttributes } from "./span-attributes.ts";
import type { SpanRules } from "./span-rules.ts";
import { injectSpan, spanContextOf, unsampledSpan } from "./trace-headers.ts";

/** What is known of a request's client span when its route was compiled. */
export interface ClientSpanFacts {
  /** `reviews.default.svc.cluster.local:9080/*`, as Istio names spans. */
  readonly operation: string;
  /** The logical service, FQDN, not the address of an endpoint. */
  readonly host: string;
  readonly port: number;
  /** Name of the service, as its own spans have it; `host` where it is none of the mesh's. */
  readonly service: string;
  /** Envoy's name of the cluster: `outbound|9080|v2|reviews.default.svc.cluster.local`. */
  readonly upstreamCluster: string;
}

/** How the request ended, when its body has been read. */
export interface ClientSpanEnding {
  readonly outcome: Outcome;
  /** `-`, or Envoy's codes. */
  readonly flags: string;
  /** Empty unless gRPC. */
  readonly grpcStatus: string;
}

/** The client span of one request, over all its attempts. */
export interface ClientSpan {
  end(ending: ClientSpanEnding): void;
}

/**
 * Starts the client span of a request, puts it on the request's headers, and on the exchange for the events of its
 * attempts. Undefined without an SDK.
 *
 * Its parent is the program's active span; without one, the server span of the request that the code works for. Trace
 * headers that the program set itself count where they name another trace than that, or where there is none: Envoy goes by them.
 */
export function startClientSpan(
  facts: ClientSpanFacts,
  rules: SpanRules,
  exchange: Exchange,
  ambient: AmbientContext | undefined,
): ClientSpan | undefined {
  const tracer = currentTracer();
  if (tracer === undefined) return undefined;
  if (!rules.reports) {
    carryContext(exchange, ambient);
    return undefined;
  }
  const parent = parentOf(exchange, ambient);
  const isRoot = otelApi().trace.getSpanContext(parent) === undefined;
  const span =
    isRoot && rules.sampling?.({ side: "client", host: facts.host, header: (name) => exchange.header(name) }) === false
      ? unsampledSpan()
      : tracer.startSpan(facts.operation, { kind: otelApi().SpanKind.CLIENT }, parent);
  if (rules.propagates) injectSpan(parent, span, exchange.headers, ambient);
  if (!span.isRecording()) return notRecorded;
  const recorded = new RecordedClientSpan(span, facts, exchange);
  span.setAttributes(rules.tags);
  if (rules.tagsOf !== undefined) span.setAttributes(rules.tagsOf((name) => exchange.header(name)));
  span.setAttributes(requestAttributes(facts, exchange));
  exchange.trace = recorded;
  return recorded;
}

/** For a request without a span of its own, an upgrade: puts the span on its headers that it is made for. */
export function carryContext(exchange: Exchange, ambient: AmbientContext | undefined): void {
  if (currentTracer() === undefined) return;
  const parent = parentOf(exchange, ambient);
  const span = otelApi().trace.getSpan(parent);
  if (span !== undefined) injectSpan(parent, span, exchange.headers, ambient);
}

const notRecorded: ClientSpan = { end: () => {} };

class RecordedClientSpan implements ClientSpan, RequestTrace {
  readonly #span: Span;
  readonly #facts: ClientSpanFacts;
  readonly #exchange: Exchange;
  #attempts = 0;

  constructor(span: Span, facts: ClientSpanFacts, exchange: Exchange) {
    this.#span = span;
    this.#facts = facts;
    this.#exchange = exchange;
  }

  attemptSent(): number {
    this.#attempts += 1;
    return this.#attempts;
  }

  attemptEnded({ number, upstream, outcome, sentAtMs, tookMs }: TracedAttempt): void {
    // The slower of two hedges may end after its request.
    if (!this.#span.isRecording()) return;
    const attributes: Attributes = {
      [spanAttributes.attemptNumber]: number,
      [spanAttributes.attemptDurationMs]: tookMs,
      ...(upstream === undefined ? {} : endpointAttributes(upstream.endpoint)),
      ...(outcome.kind === "reset"
        ? { [spanAttributes.errorType]: outcome.reason }
        : { [spanAttributes.status]: outcome.status }),
    };
    this.#span.addEvent(attemptEvent, attributes, sentAtMs);
  }

  end({ outcome, flags, grpcStatus }: ClientSpanEnding): void {
    const span = this.#span;
    const { upstream, explanation } = this.#exchange;
    span.setAttribute(spanAttributes.responseFlags, flags);
    span.setAttribute(spanAttributes.upstreamCluster, this.#facts.upstreamCluster);
    span.setAttribute(spanAttributes.upstreamClusterName, this.#facts.upstreamCluster);
    if (upstream !== undefined) {
      span.setAttribute(spanAttributes.upstreamAddress, upstream.endpoint.id);
      span.setAttributes(endpointAttributes(upstream.endpoint));
    }
    if (explanation !== undefined) span.setAttribute(spanAttributes.decision, explanation);
    if (this.#attempts > 1) span.setAttribute(spanAttributes.resendCount, this.#attempts - 1);
    if (grpcStatus !== "") span.setAttribute(spanAttributes.grpcStatus, grpcStatus);
    if (outcome.kind === "response") span.setAttribute(spanAttributes.status, outcome.status);
    const failure = failureOf(outcome, grpcStatus);
    if (failure !== undefined) {
      span.setAttribute(spanAttributes.errorType, failure);
      span.setStatus({ code: otelApi().SpanStatusCode.ERROR });
      // Istio's tag is narrower than OpenTelemetry's status: a 404 is the caller's own doing.
      if (outcome.kind === "reset" || outcome.status >= 500) span.setAttribute(spanAttributes.error, true);
    }
    span.end();
  }
}

/** By OpenTelemetry's rule for clients: no response, 4xx and 5xx, a gRPC status that is not OK. */
function failureOf(outcome: Outcome, grpcStatus: string): string | undefined {
  if (outcome.kind === "reset") return outcome.reason;
  if (outcome.status >= 400) return String(outcome.status);
  return grpcStatus === "" || grpcStatus === "0" ? undefined : grpcStatus;
}

function parentOf(exchange: Exchange, ambient: AmbientContext | undefined): Context {
  const active = otelApi().context.active();
  const inner =
    otelApi().trace.getSpanContext(active) !== undefined || ambient?.otel === undefined ? active : ambient.otel;
  const { headers } = exchange;
  if (!headers.has("traceparent") && !headers.has("b3") && !headers.has("x-b3-traceid")) return inner;
  const own = spanContextOf((name) => headers.get(name));
  if (own === undefined || own.traceId === otelApi().trace.getSpanContext(inner)?.traceId) return inner;
  return otelApi().trace.setSpanContext(inner, own);
}

function requestAttributes({ host, port, service }: ClientSpanFacts, exchange: Exchange): Attributes {
  const { method, scheme, authority, path, headers } = exchange;
  const userAgent = headers.get("user-agent");
  return {
    ...methodAttributes(method),
    [spanAttributes.urlFull]: `${scheme}://${authority}${withoutSecrets(path)}`,
    [spanAttributes.serverAddress]: host,
    [spanAttributes.serverPort]: port,
    [spanAttributes.serverServiceName]: service,
    [spanAttributes.peerService]: service,
    // Pools speak HTTP/1.1.
    [spanAttributes.protocolVersion]: "1.1",
    [spanAttributes.requestId]: headers.get("x-request-id") ?? "",
    ...(userAgent === undefined ? {} : { [spanAttributes.userAgent]: userAgent }),
  };
}

function endpointAttributes({ address, port }: { readonly address: string; readonly port: number }): Attributes {
  return { [spanAttributes.peerAddress]: address, [spanAttributes.peerPort]: port };
}
