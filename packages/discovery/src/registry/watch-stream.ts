import type { ClientRequest, IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Cancel, Clock, Scheduler } from "@intramesh/core";
import {
  bookmarkIntervalMs,
  epochHeader,
  heartbeatMs,
  type StreamRequest,
  streamHeader,
  streamPath,
  type WatchEvent,
  watchPath,
} from "../registry-protocol.ts";
import { retryAfterMs } from "./backoff.ts";
import { LineSplitter } from "./line-splitter.ts";
import type { RegistryAddress } from "./registry-address.ts";
import { answerText, callRegistry } from "./registry-call.ts";
import { parseWatchEvent } from "./watch-event.ts";
import type { Position } from "./watched-state.ts";

/** The head comes at once from a registry that is well. */
const headTimeoutMs = 5_000;

/** Two bookmarks that did not come: the connection is half open, or the registry hangs. */
const silenceMs = 2 * bookmarkIntervalMs;

/** A post to the stream is answered at once, too. */
const postTimeoutMs = 5_000;

/** Where a stream begins, and whose instances it brings. */
export interface WatchBeginning {
  readonly from: Position;
  /** Terms; undefined: everybody's. */
  readonly services: readonly string[] | undefined;
}

/** Hears the stream, then its end. */
export interface WatchListener {
  /** May throw: the stream ends then. */
  onEvent(event: WatchEvent): void;
  /** The stream is over, for whatever reason but `close()`; once. `retryAfterMs` is what the registry asked for. */
  onEnd(cause: Error, retryAfterMs: number | undefined): void;
}

/** One request for the watch stream, from its beginning to its one end. */
export class WatchStream {
  readonly #address: RegistryAddress;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #listener: WatchListener;
  readonly #request: ClientRequest;
  #cancelWatchdog: Cancel;
  #cancelHeartbeat: Cancel = () => {};
  #heardAt: number;
  /** Under which the stream can be spoken to; undefined before its head. */
  #id: string | undefined;
  /** Terms to ask for once it can. */
  #unasked: readonly string[] = [];
  #over = false;
  #released = false;

  constructor(
    address: RegistryAddress,
    { from, services }: WatchBeginning,
    time: { readonly clock: Clock; readonly scheduler: Scheduler },
    listener: WatchListener,
  ) {
    this.#address = address;
    this.#clock = time.clock;
    this.#scheduler = time.scheduler;
    this.#listener = listener;
    this.#heardAt = this.#clock.now();
    const epoch = from.epoch === undefined ? {} : { [epochHeader]: from.epoch };
    const headers = { accept: "application/x-ndjson", "accept-encoding": "gzip", ...epoch };
    // A socket of its own: a pool would keep it beyond the stream.
    const options = { agent: false, headers };
    const narrowed = services === undefined ? "" : `&services=${services.map(encodeURIComponent).join()}`;
    const path = `${watchPath}?since=${from.revision}${narrowed}&heartbeat=${heartbeatMs / 1_000}`;
    this.#request = address.request(path, options, (response) => this.#read(response));
    this.#request.on("error", (error) => this.#end(error));
    this.#request.on("socket", (socket) => {
      if (this.#released) socket.unref();
    });
    this.#request.end();
    this.#cancelWatchdog = this.#watch(headTimeoutMs);
  }

  /** Asks for the instances of more terms. The stream ends where it cannot. */
  ask(terms: readonly string[]): void {
    if (terms.length === 0) return;
    if (this.#id === undefined) this.#unasked = [...this.#unasked, ...terms];
    else void this.#post(this.#id, { services: terms });
  }

  /** The stream no longer keeps the process alive. */
  release(): void {
    this.#released = true;
    this.#request.socket?.unref();
  }

  close(): void {
    this.#over = true;
    this.#cancelWatchdog();
    this.#cancelHeartbeat();
    this.#request.destroy();
  }

  #read(response: IncomingMessage): void {
    const { statusCode, headers } = response;
    if (statusCode !== 200) {
      this.#end(refusal(statusCode), retryAfterMs(headers["retry-after"], this.#clock.wallMs()));
      return;
    }
    this.#cancelWatchdog();
    this.#cancelWatchdog = this.#watch(silenceMs);
    this.#open(headers[streamHeader]);
    const lines = new LineSplitter();
    const text: Readable = headers["content-encoding"] === "gzip" ? response.pipe(createGunzip()) : response;
    response.on("data", () => {
      this.#heardAt = this.#clock.now();
    });
    text.on("data", (bytes: Buffer) => this.#take(lines, bytes));
    text.on("error", (error) => this.#end(error));
    response.on("error", (error) => this.#end(error));
    // Whatever is left of a line has no newline, and is no event.
    response.on("close", () => this.#end(new Error("the registry closed the stream")));
  }

  #open(id: string | string[] | undefined): void {
    // A registry that gives no id cannot be spoken to.
    if (typeof id !== "string") return;
    this.#id = id;
    this.ask(this.#unasked);
    this.#unasked = [];
    this.#beat(id);
  }

  #beat(id: string): void {
    this.#cancelHeartbeat = this.#scheduler.after(heartbeatMs, () => {
      void this.#post(id, { services: [] });
      this.#beat(id);
    });
  }

  async #post(id: string, body: StreamRequest): Promise<void> {
    try {
      const call = { method: "POST", path: streamPath(id), body, timeoutMs: postTimeoutMs } as const;
      const answer = await callRegistry(this.#address, this.#scheduler, call);
      if (answer.status < 300) return;
      const cause = new Error(`what is asked of its stream is refused: ${answerText(answer)}`);
      this.#end(cause, retryAfterMs(answer.retryAfter, this.#clock.wallMs()));
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #take(lines: LineSplitter, bytes: Buffer): void {
    try {
      for (const line of lines.push(bytes)) {
        if (this.#over) return;
        const event = parseWatchEvent(line);
        if (event !== undefined) this.#listener.onEvent(event);
      }
    } catch (error) {
      this.#end(error as Error);
    }
  }

  /** Ends the stream where nothing has been heard for `limitMs`. Looks again when it could be, not at every byte. */
  #watch(limitMs: number, waitMs: number = limitMs): Cancel {
    return this.#scheduler.after(waitMs, () => {
      const silentMs = this.#clock.now() - this.#heardAt;
      if (silentMs >= limitMs) this.#end(new Error(`nothing was heard for ${limitMs / 1_000} s`));
      else this.#cancelWatchdog = this.#watch(limitMs, limitMs - silentMs);
    });
  }

  #end(cause: Error, retryAfter?: number): void {
    if (this.#over) return;
    this.close();
    this.#listener.onEnd(cause, retryAfter);
  }
}

const refusals: Readonly<Record<number, string>> = {
  401: "it asks for a token: set INTRAMESH_TOKEN or the option token",
  403: "it does not let this token read",
  404: "nothing there is a registry: check the URL",
  429: "it has too many clients at the moment",
  503: "it is not ready",
};

function refusal(status: number | undefined): Error {
  const meaning = refusals[status ?? 0];
  return new Error(`the registry answered ${status}${meaning === undefined ? "" : `, ${meaning}`}`);
}
