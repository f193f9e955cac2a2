import type { IncomingMessage } from "node:http";
import type { Exchange, HeaderMap } from "@intramesh/core";
import {
  type Context,
  context,
  INVALID_TRACEID,
  isSpanContextValid,
  ProxyTracerProvider,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import type { AmbientContext } from "./ambient-context.ts";

/** What a provider delegates to as long as no SDK has been registered. */
const noProvider = new ProxyTracerProvider().getDelegate();

/** True as soon as an OpenTelemetry SDK is there to make spans. */
export function sdkRegistered(): boolean {
  const provider = trace.getTracerProvider();
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== noProvider;
}

/** Facts of a request that its span shows; Istio's tag names beside OpenTelemetry's HTTP conventions. */
export interface ClientSpanFacts {
  /** `reviews.default.svc.cluster.local:9080/*`, as Istio names spans. */
  readonly operation: string;
  /** The logical service, not the address of an endpoint. */
  readonly host: string;
  readonly port: number;
  readonly nodeId: string;
}

const tracer = trace.getTracer("intramesh");

/** Starts the client span of a request and puts its context on the request's headers. */
export function startClientSpan(facts: ClientSpanFacts, exchange: Exchange, ambient: AmbientContext | undefined): Span {
  const active = context.active();
  const parent = trace.getSpan(active) !== undefined || ambient?.otel === undefined ? active : ambient.otel;
  const span = tracer.startSpan(facts.operation, { kind: SpanKind.CLIENT }, parent);
  if (span.isRecording()) {
    span.setAttributes({
      component: "proxy",
      node_id: facts.nodeId,
      "http.request.method": exchange.method,
      "url.full": `${exchange.scheme}://${exchange.authority}${exchange.path}`,
      "server.address": facts.host,
      "server.port": facts.port,
      "guid:x-request-id": exchange.headers.get("x-request-id") ?? "",
    });
  }
  inject(span.spanContext(), exchange.headers, ambient?.b3 ?? "none");
  return span;
}

export interface SpanEnding {
  /** 0: there was no response. */
  readonly status: number;
  readonly flags: string;
  readonly upstreamCluster: string;
  readonly upstreamAddress: string;
  readonly attempts: number;
  /** The decision as JSON, where somebody asked for it. */
  readonly explanation: string | undefined;
}

export function endClientSpan(span: Span, ending: SpanEnding): void {
  if (span.isRecording()) {
    span.setAttributes({
      "http.response.status_code": ending.status,
      response_flags: ending.flags,
      upstream_cluster: ending.upstreamCluster,
      upstream_address: ending.upstreamAddress,
    });
    if (ending.explanation !== undefined) span.setAttribute("intramesh.decision", ending.explanation);
    if (ending.attempts > 1) span.setAttribute("http.request.resend_count", ending.attempts - 1);
    if (ending.status === 0 || ending.status >= 400) markError(span, ending.status);
  }
  span.end();
}

/** Starts the server span of an inbound request; its parent is the caller's span, W3C or B3. */
export function startServerSpan(
  request: IncomingMessage,
  operation: string,
  nodeId: string,
): { span: Span; otel: Context } {
  const parent = remoteParent(request);
  const span = tracer.startSpan(operation, { kind: SpanKind.SERVER }, parent);
  if (span.isRecording()) {
    span.setAttributes({
      component: "proxy",
      node_id: nodeId,
      "http.request.method": request.method ?? "GET",
      "url.path": request.url ?? "/",
      "server.address": request.headers.host ?? "",
      "guid:x-request-id": String(request.headers["x-request-id"] ?? ""),
    });
  }
  return { span, otel: trace.setSpan(parent, span) };
}

export function endServerSpan(span: Span, status: number): void {
  if (span.isRecording()) {
    span.setAttribute("http.response.status_code", status);
    if (status === 0 || status >= 500) markError(span, status);
  }
  span.end();
}

/** Runs with the given OpenTelemetry context active, where the application's own spans find their parent. */
export function withSpanContext<Result>(otel: Context, run: () => Result): Result {
  return context.with(otel, run);
}

function markError(span: Span, status: number): void {
  span.setAttribute("error", true);
  span.setAttribute("error.type", status === 0 ? "no_response" : String(status));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

function inject(spanContext: SpanContext, headers: HeaderMap, b3: AmbientContext["b3"]): void {
  // An SDK makes no half-valid contexts: its own are whole, those of no provider are all zeros.
  if (spanContext.traceId === INVALID_TRACEID) return;
  const { traceId, spanId, traceFlags, traceState } = spanContext;
  const sampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  headers.set("traceparent", `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`);
  if (traceState !== undefined) headers.set("tracestate", traceState.serialize());
  if (b3 === "single") {
    headers.set("b3", `${traceId}-${spanId}-${sampled ? "1" : "0"}`);
  } else if (b3 === "multi") {
    headers.set("x-b3-traceid", traceId);
    headers.set("x-b3-spanid", spanId);
    headers.set("x-b3-sampled", sampled ? "1" : "0");
    headers.delete("x-b3-parentspanid");
  }
}

function remoteParent(request: IncomingMessage): Context {
  const active = context.active();
  const extracted = propagation.extract(active, request.headers);
  if (trace.getSpanContext(extracted) !== undefined) return extracted;
  // An SDK that was registered without a propagator still continues the caller's trace.
  const caller = w3cSpanContext(request.headers) ?? b3SpanContext(request.headers);
  return caller === undefined ? extracted : trace.setSpanContext(extracted, caller);
}

const traceparent = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

function w3cSpanContext(headers: IncomingMessage["headers"]): SpanContext | undefined {
  const match = traceparent.exec(headers["traceparent"]?.toString() ?? "");
  if (match === null) return undefined;
  const spanContext = {
    traceId: match[1]!,
    spanId: match[2]!,
    traceFlags: Number.parseInt(match[3]!, 16),
    isRemote: true,
  };
  return isSpanContextValid(spanContext) ? spanContext : undefined;
}

function b3SpanContext(headers: IncomingMessage["headers"]): SpanContext | undefined {
  const single = headers["b3"];
  const [traceId, spanId, sampled] =
    typeof single === "string"
      ? single.split("-")
      : [headers["x-b3-traceid"], headers["x-b3-spanid"], headers["x-b3-sampled"]].map((value) => value?.toString());
  if (traceId === undefined || spanId === undefined) return undefined;
  const traceFlags = sampled === "0" || sampled === "false" ? TraceFlags.NONE : TraceFlags.SAMPLED;
  const spanContext = {
    traceId: traceId.padStart(32, "0").toLowerCase(),
    spanId: spanId.toLowerCase(),
    traceFlags,
    isRemote: true,
  };
  return isSpanContextValid(spanContext) ? spanContext : undefined;
}
