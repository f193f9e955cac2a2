import { STATUS_CODES } from "node:http";
import type {
  AbortReason,
  BodyFlow,
  BodySink,
  Exchange,
  Outcome,
  ResetReason,
  ResponseFlag,
  ResponseOutcome,
} from "@intramesh/core";
import { HeaderMap } from "@intramesh/core";
import type { Dispatcher } from "undici";
import { flagOfBrokenBody, resetFromUndici } from "./failure-from-undici.ts";

/** Bytes held back before the sender is asked to wait. A response that is smaller never pauses its connection. */
const holdLimitBytes = 65_536;
/** A rest of this size is read and dropped to keep the connection; a longer one closes it. */
const discardLimitBytes = 65_536;

type RawHeaders = Dispatcher.DispatchController["rawHeaders"];
type ParsedHeaders = Record<string, string | string[] | undefined>;

/**
 * One attempt: undici's handler, the outcome's head and its body in one object, because a request makes one of each.
 * Holds the body back until a sink takes it, and says once when the response has ended, read or not.
 */
export class Attempt implements Dispatcher.DispatchHandler, ResponseOutcome, BodyFlow {
  readonly kind = "response";
  readonly local = false;
  status = 0;
  /** The reason phrase, as it came. */
  statusText = "";
  bytes = 0;
  /** What came, as undici parsed it; superseded by `headers` once that was asked for. */
  parsed: ParsedHeaders = {};
  readonly #exchange: Exchange;
  readonly #idleTimeoutMs: number;
  #resolve: ((outcome: Outcome) => void) | undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #headers: HeaderMap | undefined;
  #held: Uint8Array[] | undefined;
  #heldBytes = 0;
  #sink: BodySink | undefined;
  #discarding = false;
  #ended = false;
  #failure: Error | undefined;
  #settled = false;
  #onSettled: (() => void) | undefined;
  /** Runs while the connection is paused. */
  #readerTimer: NodeJS.Timeout | undefined;

  /** `idleTimeoutMs`: how long the reader of the body may take nothing, once the connection had to be paused; 0: for ever. */
  constructor(exchange: Exchange, resolve: (outcome: Outcome) => void, idleTimeoutMs: number) {
    this.#exchange = exchange;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#resolve = resolve;
    exchange.cancel = this.cancel;
  }

  get headers(): HeaderMap {
    this.#headers ??= headerMapOf(this.parsed);
    return this.#headers;
  }

  header(name: string): string | undefined {
    if (this.#headers !== undefined) return this.#headers.get(name);
    const value = this.parsed[name];
    return typeof value === "object" ? value.join(",") : value;
  }

  /** False while the head is still as it came, so that a face can hand on undici's own form. */
  get headersTouched(): boolean {
    return this.#headers !== undefined;
  }

  get rawHeaders(): RawHeaders {
    return this.#controller?.rawHeaders;
  }

  get body(): BodyFlow {
    return this;
  }

  // undici's side

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    this.#exchange.trace?.attemptConnected?.();
    if (this.#resolve === undefined) controller.abort(new Error("the request was ended before it was sent"));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ParsedHeaders,
    statusText = "",
  ): void {
    if (status < 200) return;
    this.status = status;
    this.statusText = statusText;
    this.parsed = headers;
    this.#finishHead(this);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    this.bytes += chunk.byteLength;
    if (this.#sink !== undefined) {
      this.#sink.chunk(chunk);
      return;
    }
    this.#heldBytes += chunk.byteLength;
    if (this.#discarding) {
      if (this.#heldBytes > discardLimitBytes) controller.abort(new Error("the rest of the response is not wanted"));
      return;
    }
    if (this.#held === undefined) this.#held = [chunk];
    else this.#held.push(chunk);
    if (this.#heldBytes > holdLimitBytes) this.pause();
  }

  onResponseEnd(_controller: Dispatcher.DispatchController, trailers: ParsedHeaders): void {
    this.#ended = true;
    this.#sink?.end(trailersOf(trailers));
    this.#settle();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#resolve !== undefined) {
      this.#finishHead(resetFromUndici(error, this.#controller !== undefined));
      this.#settle();
      return;
    }
    if (this.#failure === undefined) {
      this.#failure = error;
      this.#flag(flagOfBrokenBody(error));
    }
    if (!this.#settled) this.#sink?.fail(this.#failure);
    this.#settle();
  }

  // The mesh's side

  /** Cuts the attempt short: before the head it ends as a reset, after it the body breaks off. */
  readonly cancel = (reason: AbortReason): void => {
    const error = errorOf(reason);
    if (this.#resolve === undefined) this.#breakOff(error, flagOf(reason));
    else this.#reset(resetReasonOf(reason), error);
  };

  /** The request body has not moved for too long. Once the head has come, the response's own movement counts. */
  stall(): void {
    if (this.#resolve === undefined) return;
    const error = new Error(`not a byte of the request body moved for ${this.#idleTimeoutMs} ms`);
    this.#reset("stream idle timeout", error);
  }

  /** True once there is nothing to send any more. */
  get over(): boolean {
    return this.#settled;
  }

  deliver(sink: BodySink): void {
    this.#sink = sink;
    if (this.#held !== undefined) {
      const held = this.#held;
      this.#held = undefined;
      for (const chunk of held) sink.chunk(chunk);
    }
    if (this.#failure !== undefined) {
      sink.fail(this.#failure);
    } else if (this.#ended) {
      sink.end(trailersOf(this.#controller?.rawTrailers));
    } else if (this.#heldBytes > holdLimitBytes) {
      this.resume();
    }
  }

  pause(): void {
    if (this.#ended || this.#settled) return;
    this.#controller?.pause();
    if (this.#idleTimeoutMs > 0) this.#readerTimer ??= setTimeout(this.#giveUpReader, this.#idleTimeoutMs).unref();
  }

  resume(): void {
    this.#stopReaderTimer();
    if (!this.#ended && this.#controller?.paused === true) this.#controller.resume();
  }

  discard(): void {
    this.#held = undefined;
    this.#discarding = true;
    this.resume();
  }

  abort(error: Error): void {
    this.#breakOff(error, "DC");
  }

  #breakOff(error: Error, flag: ResponseFlag): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    if (this.#ended) return;
    this.#flag(flag);
    this.#controller?.abort(error);
    // undici reports the abort as an error, unless the response ended in between.
    if (!this.#settled) {
      this.#sink?.fail(error);
      this.#settle();
    }
  }

  onSettled(task: () => void): void {
    if (this.#settled) {
      task();
      return;
    }
    const earlier = this.#onSettled;
    this.#onSettled =
      earlier === undefined
        ? task
        : () => {
            earlier();
            task();
          };
  }

  #reset(reason: ResetReason, error: Error): void {
    const beforeRequest = this.#controller === undefined;
    this.#finishHead({ kind: "reset", reason, beforeRequest, cause: error });
    this.#controller?.abort(error);
    this.#settle();
  }

  /** Says why a body broke off. One that nobody wants may belong to an attempt that another one follows. */
  #flag(flag: ResponseFlag): void {
    const hasHead = this.status !== 0;
    if (hasHead && !this.#discarding && !this.#settled) this.#exchange.flags = [...this.#exchange.flags, flag];
  }

  readonly #giveUpReader = (): void => {
    const error = new Error(`nobody took a byte of the response for ${this.#idleTimeoutMs} ms`);
    this.#breakOff(Object.assign(error, { code: "UND_ERR_BODY_TIMEOUT" }), "SI");
  };

  #stopReaderTimer(): void {
    if (this.#readerTimer === undefined) return;
    clearTimeout(this.#readerTimer);
    this.#readerTimer = undefined;
  }

  #finishHead(outcome: Outcome): void {
    const resolve = this.#resolve;
    this.#resolve = undefined;
    resolve?.(outcome);
  }

  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#stopReaderTimer();
    if (this.#exchange.cancel === this.cancel) this.#exchange.cancel = undefined;
    this.#onSettled?.();
    this.#onSettled = undefined;
  }
}

/** The reason phrase of a response: what its upstream wrote, or that of the status where the mesh made it. */
export function statusTextOf(outcome: ResponseOutcome): string {
  return outcome instanceof Attempt ? outcome.statusText : (STATUS_CODES[outcome.status] ?? "");
}

function resetReasonOf(reason: AbortReason): ResetReason {
  if (reason.kind === "timeout") return reason.perTry ? "per try timeout" : "timeout";
  return reason.kind === "caller" ? "caller gone" : "local reset";
}

function flagOf(reason: AbortReason): ResponseFlag {
  if (reason.kind === "timeout") return "UT";
  return reason.kind === "caller" ? "DC" : "LR";
}

function errorOf(reason: AbortReason): Error {
  if (reason.kind === "timeout") return new Error(reason.perTry ? "per try timeout" : "upstream request timeout");
  if (reason.kind === "closing") return new Error("the mesh is closing");
  return reason.cause instanceof Error ? reason.cause : new Error("the caller went away", { cause: reason.cause });
}

function headerMapOf(parsed: ParsedHeaders): HeaderMap {
  const map = new HeaderMap();
  for (const name in parsed) {
    const value = parsed[name];
    if (typeof value === "string") map.append(name, value);
    else if (value !== undefined) for (const line of value) map.append(name, line);
  }
  return map;
}

function trailersOf(trailers: RawHeaders): HeaderMap | undefined {
  if (trailers === null || trailers === undefined) return undefined;
  if (!Array.isArray(trailers)) {
    const map = headerMapOf(trailers as ParsedHeaders);
    return map.flat.length === 0 ? undefined : map;
  }
  if (trailers.length === 0) return undefined;
  const map = new HeaderMap();
  for (let at = 0; at < trailers.length; at += 2)
    map.append(String(trailers[at]).toLowerCase(), String(trailers[at + 1]));
  return map;
}
