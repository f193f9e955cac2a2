import { type Duplex, Readable } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import type { BodyFlow, HeaderMap } from "@intramesh/core";

/** The error of a body that broke off, as fetch words it. */
function terminated(error: Error): Error {
  return error.name === "AbortError" || error.name === "TimeoutError"
    ? error
    : new TypeError("terminated", { cause: error });
}

/** The whole body as bytes. */
export function readAll(flow: BodyFlow): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    flow.deliver({
      chunk: (bytes) => chunks.push(bytes),
      end: () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)),
      fail: (error) => reject(terminated(error)),
    });
  });
}

/** The body as a byte stream that passes back-pressure on to the connection. */
export function streamOf(flow: BodyFlow): ReadableStream<Uint8Array> {
  let open = true;
  return new ReadableStream({
    type: "bytes",
    start(controller) {
      flow.deliver({
        chunk(bytes) {
          if (!open || bytes.byteLength === 0) return;
          // A byte stream takes the memory over; undici's chunk may be a part of a larger buffer.
          controller.enqueue(new Uint8Array(bytes));
          if ((controller.desiredSize ?? 0) <= 0) flow.pause();
        },
        end() {
          if (!open) return;
          open = false;
          controller.close();
          controller.byobRequest?.respond(0);
        },
        fail(error) {
          if (!open) return;
          open = false;
          controller.error(terminated(error));
        },
      });
    },
    pull() {
      flow.resume();
    },
    cancel(reason) {
      open = false;
      flow.abort(reason instanceof Error ? reason : new Error("the reader cancelled the body", { cause: reason }));
    },
  });
}

/** True where the body has a content coding that fetch undoes. */
export function isEncoded(head: HeaderMap): boolean {
  return codingsOf(head).length > 0;
}

/** Undoes gzip, deflate and br, outermost first; a coding that fetch does not know is left alone. */
export function decodedStream(stream: ReadableStream<Uint8Array>, head: HeaderMap): ReadableStream<Uint8Array> {
  let readable = Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
  for (const coding of codingsOf(head).reverse()) {
    const decoder: Duplex = decoders[coding]!();
    const source = readable;
    source.on("error", (error) => decoder.destroy(error));
    decoder.on("close", () => source.destroy());
    readable = source.pipe(decoder);
  }
  return Readable.toWeb(readable) as ReadableStream<Uint8Array>;
}

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip(),
  "x-gzip": () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

function codingsOf(head: HeaderMap): string[] {
  const value = head.get("content-encoding");
  if (value === undefined) return [];
  const codings = value.split(",").map((coding) => coding.trim().toLowerCase());
  return codings.every((coding) => coding in decoders) ? codings : [];
}
