import { DatabaseSync } from "node:sqlite";
import type { DataFolder } from "./data-folder.ts";

/** A data folder in this process's hands. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process alone, until `release` or the end of the process, however it ends. Throws, naming
 * the owner, where another one has it.
 *
 * Node has no file locks of its own; SQLite's are the operating system's. The lock is on a file beside the database, so
 * that a backup can read the database while a registry writes it.
 */
export function lockFolder(folder: DataFolder): FolderLock {
  folder.make();
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(folder.lockFile);
    // Without a journal the lock takes no room: a registry starts on a full disk, too.
    lock.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE;");
  } catch (cause) {
    lock?.close();
    const reason = cause instanceof Error ? cause.message : String(cause);
    if (!reason.includes("locked")) throw new Error(`${folder.lockFile} cannot be used: ${reason}`, { cause });
    throw new Error(inUse(folder), { cause });
  }
  folder.claim();
  const held = lock;
  return { release: () => held.close() };
}

/** Says who has the folder. */
export function inUse(folder: DataFolder): string {
  const owner = folder.owner();
  const which = owner === undefined ? "another registry" : `another registry, process ${owner}`;
  return `${folder.databaseFile} is in use by ${which}: stop that one, or give another --data`;
}
