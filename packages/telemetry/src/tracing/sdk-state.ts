import { channel } from "node:diagnostics_channel";
import type { Context, Span, Tracer, TracerProvider } from "@opentelemetry/api";
import { hasTracerProvider, otelApi } from "./otel-api.ts";

let knownProvider: TracerProvider | undefined;
let tracer: Tracer | undefined;

/** The tracer of the SDK that is registered now; undefined without one. Costs a look-up and two comparisons. */
export function currentTracer(): Tracer | undefined {
  if (!hasTracerProvider()) return undefined;
  const provider: TracerProvider & { getDelegate?(): TracerProvider } = otelApi().trace.getTracerProvider();
  // The API registers a proxy, of whichever copy the program uses, and gives it the SDK.
  const delegate = provider.getDelegate?.() ?? provider;
  if (delegate === knownProvider) return tracer;
  knownProvider = delegate;
  tracer = delegate.getTracer("intramesh");
  return tracer;
}

/** True as soon as an OpenTelemetry SDK is there to make spans. */
export function sdkRegistered(): boolean {
  return currentTracer() !== undefined;
}

/** Where undici, npm's and Node's own, tells of a request while it makes it: what instruments undici adds headers then. */
const undiciRequests = channel("undici:request:create");

// Keys of `@opentelemetry/core`. A context key is found by its description, so that copies of a package agree on it.
const suppressTracing = Symbol.for("OpenTelemetry SDK Context Key SUPPRESS_TRACING");
const rpcMetadata = Symbol.for("OpenTelemetry SDK Context Key RPC_METADATA");

/**
 * Around the dispatch of an attempt: hides it from other instrumentation, which would make a second client span of it,
 * with the address of an endpoint for its peer, and add a second `traceparent`. Undefined while nobody listens.
 */
export function instrumentationShield(): ((dispatch: () => void) => void) | undefined {
  return undiciRequests.hasSubscribers && sdkRegistered() ? hidden : undefined;
}

function hidden(dispatch: () => void): void {
  otelApi().context.with(otelApi().context.active().setValue(suppressTracing, true), dispatch);
}

/** What instrumentations of one request share, as `@opentelemetry/core` has it; web frameworks write `route`. */
export interface RpcMetadata {
  readonly type: string;
  readonly span: Span;
  /** `/products/:id` */
  readonly route?: string;
}

/** The server span that somebody has made of the running request already; undefined where nobody has. */
export function knownServerSpan(active: Context): RpcMetadata | undefined {
  // Whoever sets it keeps to the type of `@opentelemetry/core`.
  const metadata = active.getValue(rpcMetadata) as RpcMetadata | undefined;
  return metadata?.type === "http" ? metadata : undefined;
}

/** Shows a server span to the instrumentations of web frameworks. */
export function withServerSpan(parent: Context, metadata: RpcMetadata): Context {
  return otelApi().trace.setSpan(parent, metadata.span).setValue(rpcMetadata, metadata);
}
