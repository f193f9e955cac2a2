import type { IncomingMessage } from "node:http";
import type { Exchange } from "@intramesh/core";
import type { AmbientContext } from "../ambient-context.ts";
import { type ClientSpan, type ClientSpanFacts, carryContext, startClientSpan } from "./client-span.ts";
import type { RootSampling } from "./root-sampling.ts";
import { type ServerSpan, type ServerSpanFacts, startServerSpan } from "./server-span.ts";
import { ownerAttributes, type SpanOwner } from "./span-attributes.ts";

export interface RequestTracerOptions {
  readonly owner: SpanOwner;
  /** Undefined: the SDK's sampler decides alone. */
  readonly sampling?: RootSampling | undefined;
}

/** Makes the spans of one mesh; does nothing but look while no OpenTelemetry SDK is registered. */
export interface RequestTracer {
  /** Undefined without an SDK. */
  client(facts: ClientSpanFacts, exchange: Exchange, ambient: AmbientContext | undefined): ClientSpan | undefined;
  /** For an upgrade, which has no span of its own: hands on the span that it is made for. */
  carry(exchange: Exchange, ambient: AmbientContext | undefined): void;
  /** Undefined without an SDK. */
  server(facts: ServerSpanFacts, request: IncomingMessage): ServerSpan | undefined;
}

/** Spans carry `owner`'s tags; `sampling` may leave traces out that begin here. */
export function createRequestTracer({ owner, sampling }: RequestTracerOptions): RequestTracer {
  const tags = ownerAttributes(owner);
  return {
    client: (facts, exchange, ambient) => startClientSpan(facts, tags, sampling, exchange, ambient),
    carry: carryContext,
    server: (facts, request) => startServerSpan(facts, tags, sampling, request),
  };
}
