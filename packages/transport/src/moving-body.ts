/** Passes chunks on and calls `onStall`, once, where none was asked for or none came for so long. */
export async function* movingBody(
  chunks: AsyncIterable<Uint8Array>,
  idleTimeoutMs: number,
  onStall: () => void,
): AsyncGenerator<Uint8Array> {
  const timer = setTimeout(onStall, idleTimeoutMs).unref();
  try {
    for await (const chunk of chunks) {
      timer.refresh();
      yield chunk;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
}
