import type { MonotonicMs } from "./clock.ts";
import type { Endpoint, EndpointState } from "./endpoint.ts";
import type { HeaderMap } from "./header-map.ts";
import type { Outcome } from "./outcome.ts";
import type { RequestView } from "./request-view.ts";
import type { ResponseFlag } from "./response-flag.ts";

/** A request body: what can be sent, and whether it can be sent again. */
export interface RequestBody {
  /** For undici: null, text, bytes, or chunks. A new one for each attempt. */
  open(): string | Uint8Array | AsyncIterable<Uint8Array> | null;
  /** False once bytes went out that were not kept. */
  replayable(): boolean;
  /** True where every byte is at hand, so that `open` may be called beside an attempt that is still running. */
  copyable(): boolean;
  /**
   * Lets go of what the body is read from: no attempt follows, and nobody wants the rest. Undefined where nothing is held.
   * What was kept may still be copied where it was read to its end.
   */
  readonly close: (() => void) | undefined;
  /** Bytes of it that one sending has, as far as they are known: of a stream those that were read so far. */
  bytes(): number;
}

/** Ends an exchange early: what the attempt in flight does when the deadline passes or the caller goes away. */
export type AbortReason =
  | { readonly kind: "timeout"; readonly perTry: boolean }
  | { readonly kind: "caller"; readonly cause: unknown }
  | { readonly kind: "closing" };

/** The endpoint that an attempt goes to. */
export interface Upstream {
  readonly endpoint: Endpoint;
  readonly state: EndpointState;
}

/** One attempt of a traced request, when its head has come or it has failed. */
export interface TracedAttempt {
  /** Counts from 1 in the order of sending, hedges included. */
  readonly number: number;
  /** Undefined where the request goes to its original destination. */
  readonly upstream: Upstream | undefined;
  readonly outcome: Outcome;
  /** Milliseconds since 1970. */
  readonly sentAtMs: number;
  /** From sending to the response head or the failure. */
  readonly tookMs: number;
}

/** Hears of the attempts of a request that is traced. */
export interface RequestTrace {
  /** Gives the attempt its number. */
  attemptSent(): number;
  /** It goes out on a connection now: one was free, or has been opened. */
  attemptConnected?(): void;
  attemptEnded(attempt: TracedAttempt): void;
}

/**
 * Everything about one request on its way, in one mutable record. Built by a face, changed by stages, read once by
 * the transport for each attempt.
 */
export interface Exchange extends RequestView {
  method: string;
  scheme: string;
  authority: string;
  path: string;
  /** Host as called, without port, lower case. */
  host: string;
  /** Port as called, or the scheme's own. */
  port: number;
  readonly headers: HeaderMap;
  readonly body: RequestBody;
  readonly startedAt: MonotonicMs;
  /** Absolute; Infinity where there is none. */
  deadline: MonotonicMs;
  /** True where it is made for a request that is a repetition itself. */
  chained: boolean;
  /** True once it has failed and must not be sent again by anybody upstream of this process either. */
  noRetry: boolean;
  /** Attempts sent so far, the running one included. */
  attempts: number;
  /** Where the latest attempt went; undefined before the first. */
  upstream: Upstream | undefined;
  /** Endpoints tried already; empty on the happy path. */
  tried: readonly string[];
  /** Endpoint of every attempt so far, kept only where retries turn to other localities; empty on the happy path. */
  attempted: readonly string[];
  /** What Envoy's %RESPONSE_FLAGS% would show. */
  flags: readonly ResponseFlag[];
  /** Undefined unless a span of the request is recorded. */
  trace: RequestTrace | undefined;
  /** The decision as text, where somebody asked for it. */
  explanation: string | undefined;
  /** Set while something runs that can be cut short; called at most once. */
  cancel: ((reason: AbortReason) => void) | undefined;
  /** Why the exchange was ended early; undefined while it may go on. */
  aborted: AbortReason | undefined;
}
