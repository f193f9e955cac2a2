import type { ServerResponse } from "node:http";
import type { RegistryState } from "../state/registry-state.ts";
import type { Block, Feed } from "./feed.ts";
import { SharedGzip } from "./shared-gzip.ts";

/** Where a stream begins. */
export interface WatchStart {
  /** What is sent before the history is followed. */
  readonly opening: readonly Block[];
  /** The history is followed from here on. */
  readonly revision: number;
  /** Sent once between the two, where the stream says so itself. */
  readonly opened: Buffer | undefined;
}

/** A reader this many characters behind, or behind the kept history, is cut off: it starts over when it comes back. */
const maxBacklog = 8 * 1024 * 1024;

/** A socket that takes nothing for this many bookmarks is cut off, so that what waits for it does not wait for ever. */
const maxMissedBookmarks = 6;

/**
 * One open watch: a place in the history and a socket. It reads on only while the socket takes more, so that a
 * slow reader costs its place, not a buffer.
 */
export class Watcher {
  readonly #state: RegistryState;
  readonly #feed: Feed;
  readonly #response: ServerResponse;
  readonly #gzip: SharedGzip | undefined;
  /** What is sent before the history is followed, the next one last. */
  readonly #queue: Buffer[];
  #revision: number;
  #blocked = false;
  /** Bookmarks that were due since the socket took something. */
  #missedBookmarks = 0;
  #open = true;

  /** The response's head has been written. */
  constructor(state: RegistryState, feed: Feed, response: ServerResponse, start: WatchStart, gzip: boolean) {
    this.#state = state;
    this.#feed = feed;
    this.#response = response;
    this.#gzip = gzip ? new SharedGzip() : undefined;
    const opening = start.opening.map((block) => block.bytes);
    this.#queue = (start.opened === undefined ? opening : [...opening, start.opened]).reverse();
    this.#revision = start.revision;
    if (this.#gzip !== undefined) response.write(this.#gzip.start());
    response.on("drain", () => {
      this.#blocked = false;
      this.#missedBookmarks = 0;
      this.pump();
    });
  }

  /** Sends what there is, as far as the socket takes it. */
  pump(): void {
    while (this.#open && !this.#blocked && this.#queue.length > 0) this.#send(this.#queue.pop()!);
    if (this.#isLost()) this.cut();
    while (this.#open && !this.#blocked) {
      const block = this.#feed.after(this.#revision);
      if (block === undefined) return;
      this.#revision = block.revision;
      if (block.bytes.length > 0) this.#send(block.bytes);
    }
  }

  /** Says up to where the stream is whole; not to a reader that still has to take earlier bytes. */
  bookmark(): void {
    if (this.#blocked) {
      this.#missedBookmarks++;
      if (this.#missedBookmarks === maxMissedBookmarks) this.cut();
    }
    if (!this.#open || this.#blocked) return;
    const line = this.#feed.bookmark(this.#revision);
    if (line !== undefined) this.#send(line);
  }

  /** Ends the stream as a reader expects it. */
  end(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#response.end(this.#gzip?.end());
  }

  /** Ends it in mid-air. */
  cut(): void {
    this.#open = false;
    this.#queue.length = 0;
    this.#response.destroy();
  }

  #isLost(): boolean {
    const { log } = this.#state;
    return this.#revision < log.floor || (this.#blocked && log.backlog(this.#revision) > maxBacklog);
  }

  #send(bytes: Buffer): void {
    this.#blocked = !this.#response.write(this.#gzip?.add(bytes) ?? bytes);
  }
}
