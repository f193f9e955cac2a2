import type { IncomingMessage, ServerResponse } from "node:http";

/** Sizes of the bodies of one inbound exchange, for when it has ended. */
export interface BodySizes {
  requestBytes(): number;
  responseBytes(): number;
}

/**
 * Measures without touching what handlers read and write: a request says its length, or its chunks are counted as Node
 * pushes them; of a response the socket's count is taken, less the head. Over HTTP/2, where streams share a socket, a
 * response counts with what its head says.
 */
export function measureBodies(request: IncomingMessage, response: ServerResponse): BodySizes {
  const { socket, headers } = request;
  const sharesSocket = request.httpVersionMajor >= 2;
  const writtenBefore = sharesSocket ? 0 : socket.bytesWritten;
  const length = headers["content-length"];
  const isStream = length === undefined && (sharesSocket || headers["transfer-encoding"] !== undefined);
  const counted = isStream ? countPushed(request) : undefined;
  return {
    requestBytes: () => counted?.() ?? lengthOf(length),
    responseBytes() {
      if (sharesSocket) return lengthOf(response.getHeader("content-length"));
      const bytes = socket.bytesWritten - writtenBefore - headBytes(response);
      // Sockets that a test makes up count nothing.
      return Number.isNaN(bytes) ? 0 : Math.max(0, bytes);
    },
  };
}

/** `push` is how a stream is fed; whoever reads it, and whether anybody does, is not its business. */
function countPushed(request: IncomingMessage): () => number {
  let bytes = 0;
  const push = request.push.bind(request);
  request.push = (chunk: unknown, encoding?: BufferEncoding) => {
    if (chunk instanceof Uint8Array) bytes += chunk.byteLength;
    return push(chunk, encoding);
  };
  return () => bytes;
}

/** Node keeps the head that it sent as text, in a field without a type. */
function headBytes(response: ServerResponse): number {
  if (!response.headersSent) return 0;
  const { _header: head } = response as { readonly _header?: string | null };
  return head?.length ?? 0;
}

function lengthOf(header: unknown): number {
  const length = Number(header ?? 0);
  return Number.isFinite(length) ? length : 0;
}
