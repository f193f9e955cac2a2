import type { IncomingMessage } from "node:http";
import type { Exchange } from "@intramesh/core";
import type { AmbientContext } from "../ambient-context.ts";
import { type ClientSpan, type ClientSpanFacts, startClientSpan } from "./client-span.ts";
import { type ServerSpan, type ServerSpanFacts, startServerSpan } from "./server-span.ts";
import { ownerAttributes, type SpanOwner } from "./span-attributes.ts";

/** A request with which a trace begins: its caller sent no trace context. */
export interface TraceRoot {
  readonly side: "client" | "server";
  /** FQDN of the service that is called, or the host called where nobody knows it. */
  readonly host: string;
  /** Value of a request header by lower-case name. */
  header(name: string): string | undefined;
}

/**
 * Whether a trace that begins here may be recorded: `false` leaves it out, and everybody further on with it. `true`
 * leaves the decision to the SDK's sampler. Only asked where there is no parent: whoever began a trace has decided.
 * The place for the Telemetry resource's `randomSamplingPercentage` and `useRequestIdForTraceSampling`.
 */
export type RootSampling = (root: TraceRoot) => boolean;

export interface RequestTracerOptions {
  readonly owner: SpanOwner;
  /** Undefined: the SDK's sampler decides alone. */
  readonly sampling?: RootSampling | undefined;
}

/** Makes the spans of one mesh; does nothing but look while no OpenTelemetry SDK is registered. */
export interface RequestTracer {
  /** Undefined without an SDK. */
  client(facts: ClientSpanFacts, exchange: Exchange, ambient: AmbientContext | undefined): ClientSpan | undefined;
  /** Undefined without an SDK. */
  server(facts: ServerSpanFacts, request: IncomingMessage): ServerSpan | undefined;
}

/** Spans carry `owner`'s tags; `sampling` may leave traces out that begin here. */
export function createRequestTracer({ owner, sampling }: RequestTracerOptions): RequestTracer {
  const tags = ownerAttributes(owner);
  return {
    client: (facts, exchange, ambient) => startClientSpan(facts, tags, sampling, exchange, ambient),
    server: (facts, request) => startServerSpan(facts, tags, sampling, request),
  };
}
