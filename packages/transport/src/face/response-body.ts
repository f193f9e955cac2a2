import { type Duplex, Readable, Transform } from "node:stream";
// Node 20 has no zstd: by its name it would fail at the import, before anything can say that this Node is too old.
import zlib, { constants, createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";
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

/**
 * Undoes gzip, deflate, br and zstd, outermost first; a coding that fetch does not know is left alone. What was cut short
 * gives what there was of it, as in browsers: the framing says whether all has come.
 */
export function decodedStream(stream: ReadableStream<Uint8Array>, head: HeaderMap): ReadableStream<Uint8Array> {
  let readable = Readable.fromWeb(stream as Parameters<typeof Readable.fromWeb>[0]);
  for (const coding of codingsOf(head).reverse()) {
    const decoder = decoders[coding]!();
    const source = readable;
    source.on("error", (error) => decoder.destroy(error));
    decoder.on("close", () => source.destroy());
    readable = source.pipe(decoder);
  }
  // Whoever reads is told; an error of what nobody reads must not end the process.
  readable.on("error", () => undefined);
  const chunks: AsyncIterator<Uint8Array> = readable[Symbol.asyncIterator]();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await chunks.next();
          if (done === true) controller.close();
          else controller.enqueue(new Uint8Array(value));
        } catch (error) {
          controller.error(terminated(error as Error));
        }
      },
      cancel: () => void readable.destroy(),
    },
    { highWaterMark: 0 },
  );
}

const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: () => createGunzip(lenient),
  "x-gzip": () => createGunzip(lenient),
  deflate: inflateEither,
  br: () =>
    createBrotliDecompress({
      flush: constants.BROTLI_OPERATION_FLUSH,
      finishFlush: constants.BROTLI_OPERATION_FLUSH,
    }),
  zstd: () => zlib.createZstdDecompress({ flush: constants.ZSTD_e_continue, finishFlush: constants.ZSTD_e_end }),
};

const lenient = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };

/** `deflate` is zlib's format (RFC 9110, 8.4.1.2), but some servers leave its frame out: the first byte tells. */
function inflateEither(): Duplex {
  let inflate: Duplex | undefined;
  return new Transform({
    transform(chunk: Uint8Array, encoding, done) {
      if (inflate === undefined) {
        const isFramed = (chunk[0]! & 0x0f) === 8;
        inflate = isFramed ? createInflate(lenient) : createInflateRaw(lenient);
        inflate.on("data", (bytes: Uint8Array) => this.push(bytes));
        inflate.on("error", (error) => this.destroy(error));
      }
      inflate.write(chunk, encoding, done);
    },
    flush(done) {
      if (inflate === undefined) done();
      else inflate.once("end", done).end();
    },
  });
}

function codingsOf(head: HeaderMap): string[] {
  const value = head.get("content-encoding");
  if (value === undefined) return [];
  const codings = value.split(",").map((coding) => coding.trim().toLowerCase());
  return codings.every((coding) => coding in decoders) ? codings : [];
}
