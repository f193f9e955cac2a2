import type { IncomingMessage } from "node:http";
import { type Exchange, type Random, type TelemetryPolicy, unwrittenTelemetry } from "@intramesh/core";
import type { AmbientContext } from "../ambient-context.ts";
import { type ClientSpan, type ClientSpanFacts, carryContext, startClientSpan } from "./client-span.ts";
import type { RootSampling } from "./root-sampling.ts";
import { sdkRegistered } from "./sdk-state.ts";
import { type ServerSpan, type ServerSpanFacts, startServerSpan } from "./server-span.ts";
import { ownerAttributes, type SpanOwner } from "./span-attributes.ts";
import { compileSpanRules, type SpanRules } from "./span-rules.ts";

export interface RequestTracerOptions {
  readonly owner: SpanOwner;
  /** Undefined: the SDK's sampler decides alone. */
  readonly sampling?: RootSampling | undefined;
  /** What the Telemetry resources say now; undefined: nothing. */
  policy?(): TelemetryPolicy;
  /** Decides which traces are kept where the policy asks for a share. */
  readonly random: Random;
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

/** Spans carry `owner`'s tags; `sampling` and `policy` may leave traces out that begin here. */
export function createRequestTracer(options: RequestTracerOptions): RequestTracer {
  const { owner, sampling, policy = () => unwrittenTelemetry, random } = options;
  const tags = ownerAttributes(owner);
  let compiled: TelemetryPolicy | undefined;
  let client: SpanRules;
  let server: SpanRules;

  /** Compiles what the resources say where they say something else than before. */
  function look(): void {
    const current = policy();
    if (current === compiled) return;
    compiled = current;
    client = compileSpanRules(current.client, tags, sampling, random);
    server = compileSpanRules(current.server, tags, sampling, random);
  }

  return {
    client(facts, exchange, ambient) {
      if (!sdkRegistered()) return undefined;
      look();
      return startClientSpan(facts, client, exchange, ambient);
    },
    carry: carryContext,
    server(facts, request) {
      if (!sdkRegistered()) return undefined;
      look();
      return startServerSpan(facts, server, request);
    },
  };
}
