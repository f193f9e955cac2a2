import { Duplex } from "node:stream";

/**
 * One end of a connection inside the process: what one end writes the other one reads. Has what `node:http` and its users
 * call on a socket of theirs beside the stream.
 */
export class PairedSocket extends Duplex {
  #peer: PairedSocket | undefined;
  /** Takes the next chunk from the peer, which waits for room here. */
  #makeRoom: (() => void) | undefined;
  #idleMs = 0;
  #idleTimer: NodeJS.Timeout | undefined;

  /** The two ends of a new connection. */
  static pair(): readonly [PairedSocket, PairedSocket] {
    const [one, other] = [new PairedSocket(), new PairedSocket()];
    one.#peer = other;
    other.#peer = one;
    return [one, other];
  }

  /** Emits `timeout` whenever nothing has moved for so many ms; 0 for never. */
  setTimeout(idleMs: number, onTimeout?: () => void): this {
    if (onTimeout !== undefined) this.once("timeout", onTimeout);
    this.#idleMs = idleMs;
    this.#stopWaiting();
    this.#moved();
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  override _read(): void {
    const makeRoom = this.#makeRoom;
    this.#makeRoom = undefined;
    makeRoom?.();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, taken: () => void): void {
    this.#moved();
    this.#peer!.#receive(chunk, taken);
  }

  override _final(done: () => void): void {
    if (!this.#peer!.destroyed) this.#peer!.push(null);
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#stopWaiting();
    this.#makeRoom?.();
    this.#makeRoom = undefined;
    // Whoever has said everything leaves the peer to read it; anything else is a connection that broke.
    if (!this.writableFinished) this.#peer!.destroy(error ?? undefined);
    done(error);
  }

  #receive(chunk: Buffer, taken: () => void): void {
    this.#moved();
    if (this.destroyed || this.push(chunk)) taken();
    else this.#makeRoom = taken;
  }

  #moved(): void {
    if (this.#idleMs === 0) return;
    this.#idleTimer ??= setTimeout(() => {
      this.#idleTimer = undefined;
      this.emit("timeout");
    }, this.#idleMs);
    this.#idleTimer.refresh();
  }

  #stopWaiting(): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
  }
}
