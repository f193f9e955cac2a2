import type { HeaderMap, Outcome, RequestBody } from "@intramesh/core";
import { type ChunkSource, chunkSourceOf } from "./chunk-source.ts";

/** A request without a body. */
export const emptyBody: RequestBody = {
  open: () => null,
  replayable: always,
  copyable: always,
  close: undefined,
  bytes: () => 0,
};

/** Text or bytes that are in memory already. */
export function fixedBody(content: string | Uint8Array): RequestBody {
  const bytes = (): number => (typeof content === "string" ? Buffer.byteLength(content) : content.byteLength);
  return { open: () => content, replayable: always, copyable: always, close: undefined, bytes };
}

/** Each attempt opens the Blob anew. */
export function blobBody(blob: Blob): RequestBody {
  const open = (): AsyncIterable<Uint8Array> => blob.stream() as AsyncIterable<Uint8Array>;
  return { open, replayable: always, copyable: always, close: undefined, bytes: () => blob.size };
}

/** Says how long a body is whose bytes are read as they are sent, where its caller has not. */
export function sized(headers: HeaderMap, body: RequestBody): RequestBody {
  if (!headers.has("content-length")) headers.append("content-length", String(body.bytes()));
  return body;
}

/** What a stream body keeps for a second attempt. Envoy's default `per_connection_buffer_limit_bytes`. */
export const defaultReplayLimitBytes = 1_048_576;

/** What a caller's stream failed with while it was sent: no upstream is to blame, and there is nothing to repeat. */
export class BrokenRequestBody extends Error {
  constructor(cause: unknown) {
    super(`the request body broke off: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

/**
 * A body that can be read once. What goes out is kept up to `limitBytes`; a later attempt sends what was kept and goes
 * on reading. Beyond the limit nothing is kept and there is no second attempt.
 */
export function streamBody(
  source: AsyncIterable<unknown> | Iterable<unknown>,
  limitBytes: number = defaultReplayLimitBytes,
): RequestBody {
  let chunks: ChunkSource | undefined;
  let kept: Uint8Array[] | undefined = [];
  let readBytes = 0;
  let ended = false;
  let reading: Promise<unknown> | undefined;

  async function read(): Promise<Uint8Array | undefined> {
    try {
      chunks ??= chunkSourceOf(source);
      const turn = await chunks.next();
      return turn.done === true ? undefined : bytesOf(turn.value);
    } catch (error) {
      kept = undefined;
      throw new BrokenRequestBody(error);
    }
  }

  async function next(): Promise<Uint8Array | undefined> {
    const bytes = await read();
    if (bytes === undefined) {
      ended = true;
      return undefined;
    }
    readBytes += bytes.byteLength;
    if (readBytes > limitBytes) kept = undefined;
    else kept?.push(bytes);
    return bytes;
  }

  async function* replayThenRead(replay: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* replay;
    let sent = replay.length;
    for (;;) {
      // An attempt that was cut short may have left a read behind: its chunk belongs to this one.
      if (reading !== undefined) await reading;
      if (kept !== undefined && sent < kept.length) {
        yield kept[sent++]!;
        continue;
      }
      const turn = next();
      reading = turn.then(ignore, ignore);
      const bytes = await turn;
      reading = undefined;
      if (bytes === undefined) return;
      sent += 1;
      yield bytes;
    }
  }

  return {
    open: () => replayThenRead(kept?.slice() ?? []),
    replayable: () => kept !== undefined,
    copyable: () => ended && kept !== undefined,
    close() {
      if (ended) return;
      kept = undefined;
      chunks ??= chunkSourceOf(source);
      chunks.close();
    },
    bytes: () => readBytes,
  };
}

/** Lets go of a request's body when the request has settled, whatever ended it. An early answer leaves some of it unread. */
export function closeWhenSettled({ close }: RequestBody, outcome: Outcome): void {
  if (close === undefined) return;
  if (outcome.kind === "response") outcome.body.onSettled(close);
  else close();
}

function always(): boolean {
  return true;
}

function ignore(): void {}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === "string") return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  if (chunk instanceof ArrayBuffer) return new Uint8Array(chunk);
  throw new TypeError(`a request body may yield text or bytes, not ${chunk === null ? "null" : typeof chunk}`);
}
