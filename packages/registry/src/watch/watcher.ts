import type { ServerResponse } from "node:http";
import type { RegistryState } from "../state/registry-state.ts";
import type { Block, Feed } from "./feed.ts";
import type { InstanceLists } from "./instance-lists.ts";
import type { InstanceScope } from "./instance-scope.ts";
import type { InstanceTerm } from "./instance-terms.ts";
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

/** Whose instances a stream brings, and where the lists of more come from. */
export interface Narrowing {
  readonly scope: InstanceScope;
  readonly lists: InstanceLists;
}

/** A reader this many characters behind, or behind the kept history, is cut off: it starts over when it comes back. */
const maxBacklog = 8 * 1024 * 1024;

/** A socket that takes nothing for this many bookmarks is cut off, so that what waits for it does not wait for ever. */
const maxMissedBookmarks = 6;

/** A reader that promised to speak and has not for this many of its intervals is cut off: nobody may be there. */
const maxMissedHeartbeats = 2;

/**
 * One open watch: a place in the history and a socket. It reads on only while the socket takes more, so that a
 * slow reader costs its place, not a buffer.
 */
export class Watcher {
  readonly #state: RegistryState;
  readonly #feed: Feed;
  readonly #response: ServerResponse;
  readonly #gzip: SharedGzip | undefined;
  /** Undefined where it brings everybody's instances. */
  readonly #narrowing: Narrowing | undefined;
  /** What is sent before the history is followed, the next one last. */
  readonly #queue: Buffer[];
  /** Terms that were asked for and are answered once the stream has come to the newest revision. */
  #asked: InstanceTerm[] = [];
  #revision: number;
  #blocked = false;
  /** Bookmarks that were due since the socket took something. */
  #missedBookmarks = 0;
  #missedHeartbeats = 0;
  #open = true;

  /** The response's head has been written. */
  constructor(
    state: RegistryState,
    feed: Feed,
    response: ServerResponse,
    start: WatchStart,
    { gzip, narrowing }: { readonly gzip: boolean; readonly narrowing: Narrowing | undefined },
  ) {
    this.#state = state;
    this.#narrowing = narrowing;
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

  /** True while what the stream begins with is under way. */
  get isOpening(): boolean {
    return this.#open && this.#queue.length > 0;
  }

  /** Sends what there is, as far as the socket takes it. */
  pump(): void {
    const { socket } = this.#response;
    // What is many lines is one packet.
    socket?.cork();
    while (this.#open && !this.#blocked && this.#queue.length > 0) this.#send(this.#queue.pop()!);
    if (this.#isLost()) this.cut();
    while (this.#open && !this.#blocked) {
      const bytes = this.#next();
      if (bytes === undefined) break;
      if (bytes.length > 0) this.#send(bytes);
    }
    socket?.uncork();
  }

  /** Brings the instances of these terms, too; does nothing on a stream that brings all. */
  ask(terms: readonly InstanceTerm[]): void {
    this.#asked.push(...terms);
    this.pump();
  }

  /** Its reader has spoken. */
  heard(): void {
    this.#missedHeartbeats = 0;
  }

  /** Its reader should have spoken by now. */
  expectHeartbeat(): void {
    this.#missedHeartbeats++;
    if (this.#missedHeartbeats > maxMissedHeartbeats) this.cut();
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

  /** The next bytes of the history, then of what was asked for; undefined where there is neither. */
  #next(): Buffer | undefined {
    const block = this.#feed.after(this.#revision);
    if (block !== undefined) {
      this.#revision = block.revision;
      return this.#narrowing?.scope.bytesOf(block) ?? block.bytes;
    }
    const term = this.#asked.shift();
    if (term === undefined || this.#narrowing === undefined) return undefined;
    const { scope, lists } = this.#narrowing;
    return scope.add(term) ? lists.of(term) : Buffer.alloc(0);
  }

  #isLost(): boolean {
    const { log } = this.#state;
    return this.#revision < log.floor || (this.#blocked && log.backlog(this.#revision) > maxBacklog);
  }

  #send(bytes: Buffer): void {
    this.#blocked = !this.#response.write(this.#gzip?.add(bytes) ?? bytes);
  }
}
