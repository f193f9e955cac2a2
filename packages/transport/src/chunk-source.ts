/** Where the chunks of a streamed request body come from. */
export interface ChunkSource {
  next(): Promise<IteratorResult<unknown>> | IteratorResult<unknown>;
  /** Nobody reads on: a ReadableStream is cancelled, a Node stream destroyed, an iterator returned. */
  close(): void;
}

type Chunks = AsyncIterable<unknown> | Iterable<unknown>;

/** Begins to read. Throws a TypeError for a ReadableStream that somebody else reads. */
export function chunkSourceOf(source: Chunks): ChunkSource {
  // Its iterator could be closed only between two chunks, which a stream that stalls never reaches.
  if (source instanceof ReadableStream) return readerOf(source);
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const { destroy } = source as { readonly destroy?: unknown };
  return {
    next: () => iterator.next(),
    close() {
      if (typeof destroy === "function") destroy.call(source);
      else void Promise.resolve(iterator.return?.()).catch(ignore);
    },
  };
}

function readerOf(stream: ReadableStream<unknown>): ChunkSource {
  const reader = stream.getReader();
  return {
    next: () => reader.read() as Promise<IteratorResult<unknown>>,
    close: () => void reader.cancel(new Error("the request was answered before its body was sent")).catch(ignore),
  };
}

function ignore(): void {}
