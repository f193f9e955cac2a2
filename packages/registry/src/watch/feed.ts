import type { RegistryState } from "../state/registry-state.ts";
import type { Change, StoredObject } from "../state/stored-object.ts";

/** How one kind of watcher sees the history. Lines end with a newline. */
export interface LineFormat {
  /** An object of the state that the stream begins with; undefined where the watcher does not care. */
  object(object: StoredObject): string | undefined;
  /** What follows all objects of that state. */
  closing?(): string;
  /** A change after that; undefined likewise. */
  change(change: Change): string | NarrowLine | undefined;
  /** Undefined where the watcher wants no bookmarks. */
  bookmark(revision: number): string | undefined;
}

/** A change that says one thing to those who subscribe to its object, and another to everybody else. */
export interface NarrowLine {
  readonly object: StoredObject;
  readonly line: string;
  readonly elsewhere: string;
  /** What those get who subscribed to the object as it was before, and do not any more. */
  readonly leaving: { readonly object: StoredObject; readonly line: string } | undefined;
}

/** Bytes to send, and the revision that they lead to. */
export interface Block {
  readonly bytes: Buffer;
  readonly revision: number;
  /** Where `bytes` are for subscribers of an object: which, and what others get. */
  readonly narrow?: {
    readonly object: StoredObject;
    readonly elsewhere: Buffer;
    readonly leaving: { readonly object: StoredObject; readonly bytes: Buffer } | undefined;
  };
}

/** A block is closed once it has this many characters: large enough for few writes, small enough to interleave. */
const blockChars = 64 * 1024;

/**
 * The history in one format, in blocks of bytes. All watchers of the same format share one feed, and blocks are
 * kept until the next change, so that a thousand watchers cost one serialisation.
 */
export class Feed {
  readonly #state: RegistryState;
  readonly #format: LineFormat;
  #opening: { readonly revision: number; readonly blocks: readonly Block[] } | undefined;
  /** Blocks by the revision that they start after. */
  #blocks = new Map<number, Block>();
  #blocksRevision = -1;

  constructor(state: RegistryState, format: LineFormat) {
    this.#state = state;
    this.#format = format;
  }

  /** The whole state, as it is now. */
  opening(): readonly Block[] {
    const { revision } = this.#state;
    if (this.#opening?.revision === revision) return this.#opening.blocks;
    const blocks: Block[] = [];
    let text = "";
    for (const object of this.#state.all()) {
      text += this.#format.object(object) ?? "";
      if (text.length < blockChars) continue;
      blocks.push({ bytes: Buffer.from(text), revision });
      text = "";
    }
    text += this.#format.closing?.() ?? "";
    if (text !== "") blocks.push({ bytes: Buffer.from(text), revision });
    this.#opening = { revision, blocks };
    return blocks;
  }

  /** What comes after `revision`; its bytes may be none. Undefined at the end of the history. */
  after(revision: number): Block | undefined {
    if (revision >= this.#state.revision) return undefined;
    if (this.#blocksRevision !== this.#state.revision) {
      this.#blocks.clear();
      this.#blocksRevision = this.#state.revision;
      this.#opening = undefined;
    }
    let block = this.#blocks.get(revision);
    if (block === undefined) {
      block = this.#read(revision);
      this.#blocks.set(revision, block);
    }
    return block;
  }

  bookmark(revision: number): Buffer | undefined {
    const line = this.#format.bookmark(revision);
    return line === undefined ? undefined : Buffer.from(line);
  }

  #read(start: number): Block {
    let text = "";
    let revision = start;
    while (text.length < blockChars) {
      const change = this.#state.log.next(revision);
      if (change === undefined) break;
      const line = this.#format.change(change) ?? "";
      if (typeof line !== "string") {
        if (revision === start) return narrowBlock(line, change.revision);
        break;
      }
      text += line;
      revision = change.revision;
    }
    return { bytes: Buffer.from(text), revision };
  }
}

function narrowBlock({ object, line, elsewhere, leaving }: NarrowLine, revision: number): Block {
  const left = leaving === undefined ? undefined : { object: leaving.object, bytes: Buffer.from(leaving.line) };
  return { bytes: Buffer.from(line), revision, narrow: { object, elsewhere: Buffer.from(elsewhere), leaving: left } };
}
