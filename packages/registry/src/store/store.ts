import type { Change, StoredObject } from "../state/stored-object.ts";

/** Everything a store holds, as read once at start. */
export interface StoreContent {
  /** Names this history; revisions of another history mean nothing here. */
  readonly epoch: string;
  readonly revision: number;
  readonly objects: readonly StoredObject[];
  /** The newest part of the history, oldest first, without gaps, up to `revision`. */
  readonly changes: readonly Change[];
}

/** Where the registry's state outlives the process. */
export interface Store {
  /** Read once, before the first commit. */
  load(): StoreContent;
  /**
   * Writes all of `changes` or none. They are durable when it returns.
   * Throws a StoreFailure where they could not be written.
   */
  commit(changes: readonly Change[]): void;
  close(): void;
}

/** A store that could not write. `lasting`: it will not take writes again before a restart. */
export class StoreFailure extends Error {
  override readonly name = "StoreFailure";
  readonly lasting: boolean;

  constructor(message: string, details: { readonly lasting: boolean; readonly cause: unknown }) {
    super(message, { cause: details.cause });
    this.lasting = details.lasting;
  }
}
