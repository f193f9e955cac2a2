import { readSync } from "node:fs";

const standardInput = 0;
const chunkBytes = 65_536;

/** How long to wait for a writer that has sent only a part so far. */
const pauseMs = 5;

/** All of standard input as text, waiting for its end. A pipe may be one that never blocks: another Node's, say. */
export function readStdin(): string {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(chunkBytes);
    const length = readChunk(chunk);
    if (length === 0) return Buffer.concat(chunks).toString("utf8");
    chunks.push(chunk.subarray(0, length));
  }
}

/** The number of bytes that came; 0 at the end. */
function readChunk(chunk: Buffer): number {
  const pause = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  for (;;) {
    try {
      return readSync(standardInput, chunk);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // Windows says so at the end of a pipe.
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      Atomics.wait(pause, 0, 0, pauseMs);
    }
  }
}
