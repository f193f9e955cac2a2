import { Readable } from "node:stream";
import type { BodyFlow, HeaderMap, ResponseOutcome } from "@intramesh/core";
import { statusTextOf } from "../attempt.ts";
import { decodedStream, isEncoded, readAll, streamOf } from "./response-body.ts";

interface Origin {
  readonly url: string;
  readonly redirected: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * A Response over the mesh's own body flow. It passes `instanceof Response` and does what a Response does, but makes
 * Headers and streams only when they are asked for.
 */
class MeshResponse {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly redirected: boolean;
  readonly type = "basic";
  readonly #head: HeaderMap;
  readonly #signal: AbortSignal | undefined;
  #flow: BodyFlow | undefined;
  #stream: ReadableStream<Uint8Array> | null | undefined;
  #headers: Headers | undefined;
  #used = false;

  constructor(
    head: HeaderMap,
    status: number,
    statusText: string,
    flow: BodyFlow | undefined,
    stream: ReadableStream<Uint8Array> | null | undefined,
    origin: Origin,
  ) {
    this.status = status;
    this.statusText = statusText;
    this.url = origin.url;
    this.redirected = origin.redirected;
    this.#head = head;
    this.#signal = origin.signal;
    this.#flow = flow;
    this.#stream = stream;
  }

  get ok(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  get headers(): Headers {
    if (this.#headers === undefined) {
      this.#headers = new Headers();
      for (const [name, value] of this.#head.entries()) this.#headers.append(name, value);
    }
    return this.#headers;
  }

  get bodyUsed(): boolean {
    return (
      this.#used ||
      (this.#stream !== undefined &&
        this.#stream !== null &&
        (this.#stream.locked || Readable.isDisturbed(this.#stream as never)))
    );
  }

  get body(): ReadableStream<Uint8Array> | null {
    if (this.#stream === undefined) {
      const flow = this.#flow!;
      const stream = streamOf(flow);
      this.#stream = isEncoded(this.#head) ? decodedStream(stream, this.#head) : stream;
    }
    return this.#stream;
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = await this.#consume();
    return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  }

  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer());
  }

  async blob(): Promise<Blob> {
    return new Blob([(await this.#consume()) as Uint8Array<ArrayBuffer>], {
      type: this.#head.get("content-type") ?? "",
    });
  }

  async text(): Promise<string> {
    return textOf(await this.#consume());
  }

  async json(): Promise<unknown> {
    return JSON.parse(textOf(await this.#consume()));
  }

  async formData(): Promise<FormData> {
    return new Response((await this.#consume()) as Uint8Array<ArrayBuffer>, { headers: this.headers }).formData();
  }

  clone(): MeshResponse {
    if (this.bodyUsed) throw new TypeError("Response.clone: Body has already been consumed.");
    const origin = { url: this.url, redirected: this.redirected, signal: this.#signal };
    const { body } = this;
    const head = this.#head.clone();
    if (body === null) return new MeshResponse(head, this.status, this.statusText, undefined, null, origin);
    const [mine, theirs] = body.tee();
    this.#stream = mine;
    return new MeshResponse(head, this.status, this.statusText, undefined, theirs, origin);
  }

  async #consume(): Promise<Uint8Array> {
    // What has no body can be read any number of times.
    if (this.#stream === null) return new Uint8Array(0);
    if (this.bodyUsed) throw new TypeError("Body is unusable: Body has already been read");
    this.#used = true;
    if (this.#signal?.aborted === true) throw this.#signal.reason;
    if (this.#stream === undefined && !isEncoded(this.#head)) return readAll(this.#flow!);
    return new Uint8Array(await new Response(this.body as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
  }
}

let linked = false;

/** Wraps an outcome for the caller of fetch, who sent `method`. */
export function responseOf(outcome: ResponseOutcome, method: string, origin: Origin): Response {
  if (!linked) {
    // Node loads its Response lazily; so do we.
    Object.setPrototypeOf(MeshResponse.prototype, Response.prototype);
    linked = true;
  }
  const { headers, status, body } = outcome;
  const bodiless = method === "HEAD" || hasNoBody(status);
  if (bodiless) body.discard();
  const flow = bodiless ? undefined : body;
  const stream = bodiless ? null : undefined;
  return new MeshResponse(headers, status, statusTextOf(outcome), flow, stream, origin) as unknown as Response;
}

function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

function textOf(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}
