import type { Clock, Exchange, HeaderMap, Outcome, RequestBody } from "@intramesh/core";
import type { Dispatcher as UndiciDispatcher } from "undici";
import { applyHostHeader } from "../host-header.ts";
import { HttpExchange, originalOrigin } from "../http-exchange.ts";
import type { Connection } from "../pooled-connection.ts";
import { blobBody, closeWhenSettled, emptyBody, fixedBody, sized, streamBody } from "../request-body.ts";
import { type HeadersLike, readHeaders } from "../request-headers.ts";
import { createTargetReader } from "../target.ts";
import { Dispatcher, dispatcherMethods, modernHandler } from "../undici-parts.ts";
import { DispatchRelay } from "./dispatch-relay.ts";
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

type Handler = UndiciDispatcher.DispatchHandler;

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
    const path =
      options.query === undefined || options.query === null ? options.path : withQuery(options.path, options.query);
    const body = bodyOf(options.body, headers, this.#runtime.replayLimitBytes);
    const exchange = new HttpExchange(options.method, target, path, headers, body, this.#runtime.clock.now());
    applyHostHeader(exchange);
    if (options.upgrade || options.method === "CONNECT") {
      this.#upgrade(options, exchange, handler);
      return;
    }
    const relay = new DispatchRelay(exchange, handler, options);
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
    const relay = new DispatchRelay(exchange, handler, {});
    handler.onRequestStart?.(relay, {});
    relay.accept(way);
  }
}

Object.assign(MeshDispatcher.prototype, dispatcherMethods);

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
