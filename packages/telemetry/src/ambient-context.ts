import { AsyncLocalStorage } from "node:async_hooks";
import type { Exchange, MonotonicMs } from "@intramesh/core";
import type { Context } from "@opentelemetry/api";
import type { B3Form } from "./tracing/b3.ts";

/** What travels with an inbound request to every outbound call that is made for it. */
export interface AmbientContext {
  /** Flat header lines (name, value …) to put on outbound requests, trace headers left out. */
  readonly propagated: readonly string[];
  /** Inbound trace headers, flat; forwarded as they are while no OpenTelemetry SDK makes spans. */
  readonly traceHeaders: readonly string[];
  /** Form of B3 that came in, to be used on the way out. */
  readonly b3: B3Form;
  /** When the caller stops waiting; Infinity where it did not say. */
  readonly deadline: MonotonicMs;
  /** The request is a repetition: calls for it are not repeated again, or every tier would multiply the load. */
  readonly isRetry: boolean;
  /** Tells the caller not to repeat the request; without effect once the answer's head has gone. */
  readonly forbidRetry: () => void;
  /** Outbound calls that run for it, to be ended when the caller goes away. */
  readonly calls: Set<Exchange>;
  /** A trusted caller wants the decisions on the calls that are made for it. */
  readonly explain: boolean;
  /** OpenTelemetry's context with the server span; undefined without an SDK. */
  readonly otel: Context | undefined;
}

const storage = new AsyncLocalStorage<AmbientContext>();

/** The context of the inbound request that the running code works for. */
export function currentContext(): AmbientContext | undefined {
  return storage.getStore();
}

export function runInContext<Result>(context: AmbientContext, run: () => Result): Result {
  return storage.run(context, run);
}
