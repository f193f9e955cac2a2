import type { BodyFlow, BodySink, Clock, Exchange, HeaderMap, Outcome, RequestBody } from "@intramesh/core";
import type { Dispatcher as UndiciDispatcher } from "undici";
import { Attempt, statusTextOf } from "../attempt.ts";
import type { Connection } from "../endpoint-pools.ts";
import { applyHostHeader } from "../host-header.ts";
import { abortExchange, HttpExchange, originalOrigin } from "../http-exchange.ts";
import { blobBody, closeWhenSettled, emptyBody, fixedBody, sized, streamBody } from "../request-body.ts";
import { type HeadersLike, readHeaders } from "../request-headers.ts";
import { createTargetReader } from "../target.ts";
import { Dispatcher, dispatcherMethods, modernHandler } from "../undici-parts.ts";
import { formDataBody } from "./form-data-body.ts";

/** What the faces need of the mesh. */
export interface FaceRuntime {
  readonly clock: Clock;
  /** Resolves for every ending; `caller gone` is the only reset that reaches a face. */
  handle(exchange: Exchange): Promise<Outcome>;
  /** Routes an upgrade (WebSocket, CONNECT): the way to one endpoint, or the refusal; later where endpoints are not known yet. */
  routeUpgrade(exchange: Exchange): Connection | Outcome | Promise<Connection | Outcome>;
  /** Largest stream body that is kept for a second attempt, in bytes. */
  readonly replayLimitBytes: number;
}

type Controller = UndiciDispatcher.DispatchController;
type Handler = UndiciDispatcher.DispatchHandler;
type RawHeaders = NonNullable<Controller["rawHeaders"]> | null;

/**
 * The mesh as an undici Dispatcher: for `undici.request`, `undici.fetch`, and for the fetch that is built into Node.
 * Takes the handlers of undici 8 and those of undici 7 and 6.
 */
export class MeshDispatcher extends Dispatcher {
  readonly #runtime: FaceRuntime;
  readonly #readTarget = createTargetReader();

  constructor(runtime: FaceRuntime) {
    super();
    this.#runtime = runtime;
  }

  override dispatch(options: UndiciDispatcher.DispatchOptions, handler: Handler): boolean {
    const modern = modernHandler(handler);
    try {
      this.#start(options, modern);
    } catch (error) {
      if (typeof modern.onResponseError !== "function") throw error;
      modern.onResponseError(undefined as never, error as Error);
    }
    return true;
  }

  /** The mesh owns the connections: closing this face closes nothing. `mesh.close()` does. */
  override close(callback?: () => void): Promise<void> {
    callback?.();
    return Promise.resolve();
  }

  override destroy(error?: Error | null | (() => void), callback?: () => void): Promise<void> {
    if (typeof error === "function") error();
    callback?.();
    return Promise.resolve();
  }

  #start(options: UndiciDispatcher.DispatchOptions, handler: Handler): void {
    if (options.origin === undefined)
      throw new TypeError("mesh.dispatcher needs an origin: the host to call is what it routes by");
    const target = this.#readTarget(options.origin);
    const headers = readHeaders(options.headers as HeadersLike);
    const path = options.query === undefined ? options.path : withQuery(options.path, options.query);
    const body = bodyOf(options.body, headers, this.#runtime.replayLimitBytes);
    const exchange = new HttpExchange(options.method, target, path, headers, body, this.#runtime.clock.now());
    applyHostHeader(exchange);
    if (options.upgrade || options.method === "CONNECT") {
      this.#upgrade(options, exchange, handler);
      return;
    }
    const relay = new DispatchRelay(exchange, handler);
    handler.onRequestStart?.(relay, {});
    const handled = this.#runtime.handle(exchange);
    handled.then(relay.accept, relay.reject);
    if (body.close !== undefined) void handled.then((outcome) => closeWhenSettled(body, outcome), body.close);
  }

  #upgrade(options: UndiciDispatcher.DispatchOptions, exchange: HttpExchange, handler: Handler): void {
    const way = this.#runtime.routeUpgrade(exchange);
    if (way instanceof Promise) void way.then((found) => this.#follow(found, options, exchange, handler));
    else this.#follow(way, options, exchange, handler);
  }

  #follow(
    way: Connection | Outcome,
    options: UndiciDispatcher.DispatchOptions,
    exchange: HttpExchange,
    handler: Handler,
  ): void {
    if ("dispatch" in way) {
      const headers = ["host", exchange.authority, ...exchange.headers.flat];
      const origin = originalOrigin(exchange);
      way.dispatch({ ...options, origin, path: exchange.path, headers, query: {} }, handler);
      return;
    }
    const relay = new DispatchRelay(exchange, handler);
    handler.onRequestStart?.(relay, {});
    relay.accept(way);
  }
}

Object.assign(MeshDispatcher.prototype, dispatcherMethods);

/** Stands between one caller's handler and the outcome: undici's controller on one side, the body's sink on the other. */
class DispatchRelay implements Controller, BodySink {
  rawHeaders: RawHeaders = null;
  rawTrailers: RawHeaders = null;
  paused = false;
  reason: Error | null = null;
  #exchange: Exchange | undefined;
  #handler: Handler | undefined;
  #flow: BodyFlow | undefined;

  constructor(exchange: Exchange, handler: Handler) {
    this.#exchange = exchange;
    this.#handler = handler;
  }

  get aborted(): boolean {
    return this.reason !== null;
  }

  abort(reason: Error): void {
    if (this.#handler === undefined || this.reason !== null) return;
    this.reason = reason;
    if (this.#flow !== undefined) {
      this.#flow.abort(reason);
    } else {
      abortExchange(this.#exchange!, { kind: "caller", cause: reason });
      this.#fail(reason);
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

  chunk(bytes: Uint8Array): void {
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
    handler.onResponseEnd?.(this, trailers === undefined ? {} : parsedOf(trailers));
  }

  fail(error: Error): void {
    this.#fail(error);
  }

  #fail(error: Error): void {
    const handler = this.#release();
    if (handler === undefined) return;
    this.reason ??= error;
    handler.onResponseError?.(this, error);
  }

  /**
   * Ends the relay, once. undici's streams hold on to their controller for as long as they live; it must not hold on to
   * the request.
   */
  #release(): Handler | undefined {
    const handler = this.#handler;
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

function bodyOf(body: unknown, headers: HeaderMap, replayLimitBytes: number): RequestBody {
  if (body === null || body === undefined) return emptyBody;
  if (typeof body === "string" || body instanceof Uint8Array) return fixedBody(body);
  if (ArrayBuffer.isView(body)) return fixedBody(new Uint8Array(body.buffer, body.byteOffset, body.byteLength));
  if (body instanceof ArrayBuffer) return fixedBody(new Uint8Array(body));
  if (body instanceof URLSearchParams) {
    if (!headers.has("content-type")) headers.append("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
    return fixedBody(body.toString());
  }
  const form = formDataBody(body);
  if (form !== undefined) {
    if (!headers.has("content-type")) headers.append("content-type", form.contentType);
    return sized(headers, form.body);
  }
  if (typeof (body as Blob).stream === "function") {
    return sized(headers, blobBody(body as Blob));
  }
  return streamBody(body as AsyncIterable<unknown>, replayLimitBytes);
}

function withQuery(path: string, query: Readonly<Record<string, unknown>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of Array.isArray(value) ? value : [value]) search.append(name, one === null ? "" : String(one));
  }
  const text = search.toString();
  if (text === "") return path;
  return `${path}${path.includes("?") ? "&" : "?"}${text}`;
}
