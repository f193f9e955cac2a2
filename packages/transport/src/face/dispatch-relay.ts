import type { BodyFlow, BodySink, Exchange, HeaderMap, Outcome } from "@intramesh/core";
import type { Dispatcher as UndiciDispatcher } from "undici";
import { Attempt, statusTextOf } from "../attempt.ts";
import { abortExchange } from "../http-exchange.ts";
import { errors } from "../undici-parts.ts";

type Controller = UndiciDispatcher.DispatchController;
type Handler = UndiciDispatcher.DispatchHandler;
type RawHeaders = NonNullable<Controller["rawHeaders"]> | null;

/** undici's own limits of one call, in ms; 0 or undefined: only the mesh's. */
export type CallLimits = Pick<UndiciDispatcher.DispatchOptions, "headersTimeout" | "bodyTimeout">;

/** Stands between one caller's handler and the outcome: undici's controller on one side, the body's sink on the other. */
export class DispatchRelay implements Controller, BodySink {
  rawHeaders: RawHeaders = null;
  rawTrailers: RawHeaders = null;
  paused = false;
  /** Set by `abort` alone: a handler that retries takes an error without it for one that may be repeated. */
  reason: Error | null = null;
  #exchange: Exchange | undefined;
  #handler: Handler | undefined;
  #flow: BodyFlow | undefined;
  readonly #bodyTimeoutMs: number;
  /** Until the head, then from chunk to chunk; only where the caller set a limit. */
  #timer: NodeJS.Timeout | undefined;

  constructor(exchange: Exchange, handler: Handler, { headersTimeout, bodyTimeout }: CallLimits) {
    this.#exchange = exchange;
    this.#handler = handler;
    this.#bodyTimeoutMs = bodyTimeout ?? 0;
    const limitMs = headersTimeout ?? 0;
    if (limitMs > 0) this.#timer = setTimeout(() => this.#end(new errors.HeadersTimeoutError()), limitMs);
  }

  get aborted(): boolean {
    return this.reason !== null;
  }

  abort(reason: Error): void {
    if (this.#handler === undefined || this.reason !== null) return;
    this.reason = reason;
    this.#end(reason);
  }

  #end(error: Error): void {
    if (this.#flow !== undefined) {
      this.#flow.abort(error);
    } else if (this.#exchange !== undefined) {
      abortExchange(this.#exchange, { kind: "caller", cause: error });
      this.#fail(error);
    }
  }

  pause(): void {
    this.paused = true;
    this.#flow?.pause();
  }

  resume(): void {
    this.paused = false;
    this.#flow?.resume();
  }

  readonly accept = (outcome: Outcome): void => {
    const handler = this.#handler;
    if (handler === undefined) {
      if (outcome.kind === "response") outcome.body.abort(this.reason ?? new Error("the caller went away"));
      return;
    }
    if (outcome.kind === "reset") {
      this.#fail(outcome.cause instanceof Error ? outcome.cause : new Error(outcome.reason));
      return;
    }
    this.#flow = outcome.body;
    this.#limitBody();
    try {
      if (outcome instanceof Attempt && !outcome.headersTouched) {
        this.rawHeaders = outcome.rawHeaders ?? null;
        handler.onResponseStart?.(this, outcome.status, outcome.parsed, outcome.statusText);
      } else {
        this.rawHeaders = outcome.headers.flat.map((text) => Buffer.from(text, "latin1"));
        handler.onResponseStart?.(this, outcome.status, parsedOf(outcome.headers), statusTextOf(outcome));
      }
    } catch (error) {
      outcome.body.abort(error as Error);
      this.#fail(error as Error);
      return;
    }
    if (this.reason === null) outcome.body.deliver(this);
    if (this.paused) outcome.body.pause();
  };

  readonly reject = (error: Error): void => {
    this.#fail(error);
  };

  #limitBody(): void {
    clearTimeout(this.#timer);
    const limitMs = this.#bodyTimeoutMs;
    this.#timer = limitMs > 0 ? setTimeout(() => this.#bodyIsIdle(), limitMs) : undefined;
  }

  #bodyIsIdle(): void {
    // Who holds the body back waits for nothing.
    if (this.paused) this.#timer?.refresh();
    else this.#end(new errors.BodyTimeoutError());
  }

  chunk(bytes: Uint8Array): void {
    this.#timer?.refresh();
    try {
      this.#handler?.onResponseData?.(this, bytes as Buffer);
    } catch (error) {
      this.abort(error as Error);
    }
  }

  end(trailers: HeaderMap | undefined): void {
    const handler = this.#release();
    if (handler === undefined) return;
    this.rawTrailers = trailers === undefined ? [] : trailers.flat.map((text) => Buffer.from(text, "latin1"));
    try {
      handler.onResponseEnd?.(this, trailers === undefined ? {} : parsedOf(trailers));
    } catch (error) {
      handler.onResponseError?.(this, error as Error);
    }
  }

  fail(error: Error): void {
    this.#fail(error);
  }

  #fail(error: Error): void {
    const handler = this.#release();
    if (handler === undefined) return;
    handler.onResponseError?.(this, error);
  }

  /**
   * Ends the relay, once. undici's streams hold on to their controller for as long as they live; it must not hold on to
   * the request.
   */
  #release(): Handler | undefined {
    const handler = this.#handler;
    clearTimeout(this.#timer);
    this.#handler = undefined;
    this.#exchange = undefined;
    this.#flow = undefined;
    return handler;
  }
}

function parsedOf(headers: HeaderMap): Record<string, string | string[]> {
  const parsed: Record<string, string | string[]> = {};
  for (const [name, value] of headers.entries()) {
    const earlier = parsed[name];
    if (earlier === undefined) parsed[name] = value;
    else if (typeof earlier === "string") parsed[name] = [earlier, value];
    else earlier.push(value);
  }
  return parsed;
}
