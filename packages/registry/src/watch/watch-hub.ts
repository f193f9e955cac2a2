import type { ServerResponse } from "node:http";
import type { Cancel, Scheduler } from "@intramesh/core";
import type { RegistryState } from "../state/registry-state.ts";
import { Feed, type LineFormat } from "./feed.ts";
import type { InstanceTerm } from "./instance-terms.ts";
import { type Narrowing, Watcher, type WatchStart } from "./watcher.ts";

/** Streams that are open when the registry closes get this long to take their last bytes. */
const closingMs = 500;

/**
 * First states under way at once. They share their bytes, but not the network: a thousand clients that are back after a
 * restart take turns.
 */
const maxOpenings = 64;

/** What a client of the watch stream asked for. */
export interface WatchRequest {
  /** Under which its reader can speak to it; undefined: not at all. */
  readonly id: string | undefined;
  /** Watchers with the same key share their bytes: the same key must mean the same format. */
  readonly feedKey: string;
  readonly format: LineFormat;
  readonly gzip: boolean;
  readonly bookmarkEveryMs: number;
  /** The stream ends by itself after this; undefined: never. */
  readonly timeoutMs: number | undefined;
  /** Its reader promised to speak this often; undefined: it did not. */
  readonly heartbeatMs: number | undefined;
  /** Undefined where it brings everybody's instances. */
  readonly narrowing: Narrowing | undefined;
  /** Decides where the stream begins. */
  start(feed: Feed): WatchStart;
}

/** All open watches. */
export class WatchHub {
  readonly #state: RegistryState;
  readonly #scheduler: Scheduler;
  readonly #watchers = new Set<Watcher>();
  readonly #byId = new Map<string, Watcher>();
  /** Those that had more to begin with than their sockets took at once. */
  readonly #opening = new Set<Watcher>();
  readonly #feeds = new Map<string, { readonly feed: Feed; users: number }>();
  readonly #stopListening: () => void;
  #flush: NodeJS.Immediate | undefined;
  #closed = false;

  constructor(state: RegistryState, scheduler: Scheduler) {
    this.#state = state;
    this.#scheduler = scheduler;
    this.#stopListening = state.onChange(() => this.#planFlush());
  }

  get count(): number {
    return this.#watchers.size;
  }

  /** Watches whose first state is under way. */
  get openings(): number {
    for (const watcher of this.#opening) if (!watcher.isOpening) this.#opening.delete(watcher);
    return this.#opening.size;
  }

  /** False where another whole state had better wait. */
  get hasRoom(): boolean {
    return this.openings < maxOpenings;
  }

  /** The reader of a stream asks for more terms, or says that it is there. False where there is no such stream. */
  ask(id: string, terms: readonly InstanceTerm[]): boolean {
    const watcher = this.#byId.get(id);
    watcher?.heard();
    watcher?.ask(terms);
    return watcher !== undefined;
  }

  /** Takes over a response whose head has been written, until either side ends it. */
  open(response: ServerResponse, request: WatchRequest): void {
    const shared = this.#feeds.get(request.feedKey) ?? { feed: new Feed(this.#state, request.format), users: 0 };
    shared.users++;
    this.#feeds.set(request.feedKey, shared);
    const watcher = new Watcher(this.#state, shared.feed, response, request.start(shared.feed), request);
    const cancels: Cancel[] = [];
    this.#watchers.add(watcher);
    if (request.id !== undefined) this.#byId.set(request.id, watcher);
    response.once("close", () => {
      for (const cancel of cancels) cancel();
      this.#watchers.delete(watcher);
      this.#opening.delete(watcher);
      if (request.id !== undefined) this.#byId.delete(request.id);
      if (--shared.users === 0) this.#feeds.delete(request.feedKey);
    });
    // A peer that goes away in mid-write: "close" follows.
    response.on("error", () => {});
    cancels.push(this.#repeat(request.bookmarkEveryMs, () => watcher.bookmark()));
    if (request.heartbeatMs !== undefined) {
      cancels.push(this.#repeat(request.heartbeatMs, () => watcher.expectHeartbeat()));
    }
    if (request.timeoutMs !== undefined) {
      const finish = (): void => {
        watcher.bookmark();
        watcher.end();
      };
      cancels.push(this.#scheduler.after(request.timeoutMs, finish));
    }
    watcher.pump();
    if (watcher.isOpening) this.#opening.add(watcher);
    if (this.#closed) watcher.end();
  }

  /** Ends every stream, those that are stuck after a moment. */
  close(): void {
    this.#closed = true;
    this.#stopListening();
    if (this.#flush !== undefined) clearImmediate(this.#flush);
    for (const watcher of this.#watchers) {
      watcher.pump();
      watcher.end();
      this.#scheduler.after(closingMs, () => watcher.cut());
    }
  }

  /** Changes of one turn of the event loop travel together. */
  #planFlush(): void {
    this.#flush ??= setImmediate(() => {
      this.#flush = undefined;
      for (const watcher of this.#watchers) watcher.pump();
    });
  }

  #repeat(everyMs: number, task: () => void): Cancel {
    let cancel: Cancel;
    const plan = (): void => {
      cancel = this.#scheduler.after(everyMs, () => {
        task();
        plan();
      });
    };
    plan();
    return () => cancel();
  }
}
