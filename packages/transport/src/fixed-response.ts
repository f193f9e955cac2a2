import type { BodyFlow, BodySink, HeaderMap, ResponseOutcome } from "@intramesh/core";

/** A response of an upstream whose body is at hand. */
export function fixedResponse(status: number, headers: HeaderMap, bytes: Uint8Array): ResponseOutcome {
  return {
    kind: "response",
    status,
    headers,
    header: (name) => headers.get(name),
    body: new MemoryBody(bytes),
    local: false,
  };
}

/** A body that is here already: the response has ended before anybody reads it. */
export class MemoryBody implements BodyFlow {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get bytes(): number {
    return this.#bytes.byteLength;
  }

  deliver(sink: BodySink): void {
    if (this.#bytes.byteLength > 0) sink.chunk(this.#bytes);
    sink.end(undefined);
  }

  pause(): void {}

  resume(): void {}

  discard(): void {}

  abort(): void {}

  onSettled(task: () => void): void {
    task();
  }
}

/** Reads a body to its end; one that is longer than `limitBytes` or breaks off comes back as a flow that has it all. */
export function readBody(flow: BodyFlow, limitBytes: number): Promise<Uint8Array | BodyFlow> {
  return new Promise((resolve) => {
    const relay = new RelayedBody(flow);
    let bytes = 0;
    flow.deliver({
      chunk(chunk) {
        relay.chunk(chunk);
        bytes += chunk.byteLength;
        if (bytes <= limitBytes) return;
        relay.hold();
        resolve(relay);
      },
      end(trailers) {
        relay.end(trailers);
        resolve(bytes <= limitBytes ? Buffer.concat(relay.taken()) : relay);
      },
      fail(error) {
        relay.fail(error);
        resolve(relay);
      },
    });
  });
}

/** Passes a flow on that somebody has begun to read. */
class RelayedBody implements BodyFlow, BodySink {
  readonly #source: BodyFlow;
  readonly #events: ((sink: BodySink) => void)[] = [];
  readonly #chunks: Uint8Array[] = [];
  #sink: BodySink | undefined;

  constructor(source: BodyFlow) {
    this.#source = source;
  }

  get bytes(): number {
    return this.#source.bytes;
  }

  chunk(bytes: Uint8Array): void {
    if (this.#sink === undefined) this.#chunks.push(bytes);
    this.#pass((sink) => sink.chunk(bytes));
  }

  end(trailers: HeaderMap | undefined): void {
    this.#pass((sink) => sink.end(trailers));
  }

  fail(error: Error): void {
    this.#pass((sink) => sink.fail(error));
  }

  /** What has been read so far. */
  taken(): readonly Uint8Array[] {
    return this.#chunks;
  }

  /** Nobody reads on until somebody takes it. */
  hold(): void {
    if (this.#sink === undefined) this.#source.pause();
  }

  deliver(sink: BodySink): void {
    this.#sink = sink;
    for (const event of this.#events.splice(0)) event(sink);
    this.#source.resume();
  }

  pause(): void {
    this.#source.pause();
  }

  resume(): void {
    this.#source.resume();
  }

  discard(): void {
    this.#source.abort(new Error("the rest of the response is not wanted"));
  }

  abort(error: Error): void {
    this.#source.abort(error);
  }

  onSettled(task: () => void): void {
    this.#source.onSettled(task);
  }

  #pass(event: (sink: BodySink) => void): void {
    if (this.#sink === undefined) this.#events.push(event);
    else event(this.#sink);
  }
}
