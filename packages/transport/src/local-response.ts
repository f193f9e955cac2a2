import type { BodyFlow, BodySink, ResponseOutcome } from "@intramesh/core";
import { HeaderMap } from "@intramesh/core";

/** A response that the mesh itself gives. */
export function localResponse(status: number, body: string, headers: HeaderMap = new HeaderMap()): ResponseOutcome {
  const bytes = Buffer.from(body);
  if (bytes.byteLength > 0 && !headers.has("content-type")) headers.append("content-type", "text/plain");
  headers.set("content-length", String(bytes.byteLength));
  return {
    kind: "response",
    status,
    headers,
    header: (name) => headers.get(name),
    body: new MemoryBody(bytes),
    local: true,
  };
}

/** A body that is here already: the response has ended before anybody reads it. */
class MemoryBody implements BodyFlow {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
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
