import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { HeaderMap } from "@intramesh/core";
import type { Context, Span, SpanContext } from "@opentelemetry/api";
import type { AmbientContext } from "../ambient-context.ts";
import { addMissing } from "../propagation.ts";
import { b3Lines, readB3 } from "./b3.ts";
import { otelApi } from "./otel-api.ts";

type HeaderReader = (name: string) => string | undefined;

/**
 * The caller's context in `base`: what the SDK's propagator finds, else W3C, else B3, so that a trace goes on whatever
 * the SDK was told of formats. A B3 decision without ids that forbids sampling makes an unsampled parent of its own.
 */
export function extractParent(base: Context, headers: IncomingHttpHeaders): Context {
  const extracted = otelApi().propagation.extract(base, headers);
  if (otelApi().trace.getSpanContext(extracted) !== undefined) return extracted;
  const caller = spanContextOf((name) => headers[name]?.toString());
  return caller === undefined ? extracted : otelApi().trace.setSpanContext(extracted, caller);
}

/** What W3C or B3 headers say; undefined where there are none, or none that are legal. */
export function spanContextOf(header: HeaderReader): SpanContext | undefined {
  return w3cSpanContext(header) ?? b3SpanContext(header);
}

/**
 * Puts a span on the headers of its request: as the SDK's propagator writes it, in the form of B3 that the caller of the
 * running request uses, and over what the headers had already. W3C where the SDK has no propagator.
 */
export function injectSpan(
  parent: Context,
  span: Span,
  headers: HeaderMap,
  ambient: Pick<AmbientContext, "b3" | "traceHeaders"> | undefined,
): void {
  const spanContext = span.spanContext();
  // An SDK makes no half-valid contexts: its own are whole, those of suppressed spans are all zeros.
  if (spanContext.traceId === otelApi().INVALID_TRACEID) {
    // The mesh is a wire here, as without an SDK.
    if (ambient !== undefined) addMissing(headers, ambient.traceHeaders);
    return;
  }
  const own = otelApi().propagation.fields();
  if (own.length > 0) otelApi().propagation.inject(otelApi().trace.setSpan(parent, span), headers, headerSetter);
  if (own.length === 0 || (headers.has("traceparent") && !own.includes("traceparent"))) setW3c(headers, spanContext);
  // What of a state was over the limits is left out; where all of it was, the header goes too.
  if (headers.get("tracestate") === "") headers.delete("tracestate");
  const form = ambient?.b3;
  const single = form === "single" || form === "both" || headers.has("b3");
  const multi = form === "multi" || form === "both" || headers.has("x-b3-traceid");
  if (single || multi) setB3(headers, spanContext, single, multi, ambient?.traceHeaders ?? []);
}

/** A span that is not recorded and whose trace nobody further on records either. */
export function unsampledSpan(): Span {
  return otelApi().trace.wrapSpanContext(unsampledSpanContext(false));
}

const headerSetter = {
  set: (headers: HeaderMap, name: string, value: string): void => headers.set(name.toLowerCase(), value),
};

function setW3c(headers: HeaderMap, { traceId, spanId, traceFlags, traceState }: SpanContext): void {
  // Of its flags OpenTelemetry 1 knows one.
  const flags = (traceFlags & otelApi().TraceFlags.SAMPLED) !== 0 ? "01" : "00";
  headers.set("traceparent", `00-${traceId}-${spanId}-${flags}`);
  if (traceState !== undefined) headers.set("tracestate", traceState.serialize());
  else headers.delete("tracestate");
}

function setB3(
  headers: HeaderMap,
  { traceId, spanId, traceFlags }: SpanContext,
  single: boolean,
  multi: boolean,
  inbound: readonly string[],
): void {
  const decision = (traceFlags & otelApi().TraceFlags.SAMPLED) !== 0 ? "accept" : "deny";
  const sampling = decision === "accept" && isDebug(inbound) ? "debug" : decision;
  for (const name of ["x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"]) headers.delete(name);
  if (single) setLines(headers, b3Lines("single", traceId, spanId, sampling));
  if (multi) setLines(headers, b3Lines("multi", traceId, spanId, sampling));
}

function setLines(headers: HeaderMap, lines: readonly string[]): void {
  for (let at = 0; at < lines.length; at += 2) headers.set(lines[at]!, lines[at + 1]!);
}

function isDebug(flat: readonly string[]): boolean {
  return readB3((name) => valueIn(flat, name))?.sampling === "debug";
}

function valueIn(flat: readonly string[], name: string): string | undefined {
  for (let at = 0; at < flat.length; at += 2) if (flat[at] === name) return flat[at + 1];
  return undefined;
}

/** W3C Trace Context: version 00, which has no more parts, and those that begin like it; `ff` is none. */
const traceparent = /^(?!ff|00.{54})[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|$)/;

function w3cSpanContext(header: HeaderReader): SpanContext | undefined {
  const [, traceId, spanId, flags] = traceparent.exec(header("traceparent") ?? "") ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  const state = header("tracestate");
  const spanContext: SpanContext = {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16),
    isRemote: true,
    ...(state === undefined ? {} : { traceState: otelApi().createTraceState(state) }),
  };
  return otelApi().isSpanContextValid(spanContext) ? spanContext : undefined;
}

function b3SpanContext(header: HeaderReader): SpanContext | undefined {
  const b3 = readB3(header);
  if (b3 === undefined) return undefined;
  const { traceId, spanId, sampling } = b3;
  if (traceId === undefined || spanId === undefined) {
    return sampling === "deny" ? unsampledSpanContext(true) : undefined;
  }
  const traceFlags = sampling === "deny" ? otelApi().TraceFlags.NONE : otelApi().TraceFlags.SAMPLED;
  const spanContext: SpanContext = { traceId, spanId, traceFlags, isRemote: true };
  return otelApi().isSpanContextValid(spanContext) ? spanContext : undefined;
}

function unsampledSpanContext(isRemote: boolean): SpanContext {
  const ids = randomBytes(24).toString("hex");
  return { traceId: ids.slice(0, 32), spanId: ids.slice(32), traceFlags: otelApi().TraceFlags.NONE, isRemote };
}
