import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { openToRead, privateMode } from "./open-database.ts";
import { type DatabaseContent, readDatabase } from "./read-database.ts";

/**
 * Copies a database, as it is at one moment, to a file that is not there yet, and reads the copy whole. It works beside
 * a registry that writes. The copy is on disk when it returns, and knows that it is one: a registry that starts from it
 * begins a new history. Throws, and leaves nothing behind, where the database is damaged or the copy cannot be written.
 */
export function copyDatabase(from: string, to: string, now: Date): DatabaseContent {
  const source = openToRead(from);
  try {
    // SQLite writes to a file that is there where it is empty.
    writeFileSync(to, "", { mode: privateMode });
    // Compact, and without a write-ahead log of its own.
    source.prepare("VACUUM INTO ?").run(to);
    const content = markCopy(to, from, now);
    syncFile(to);
    syncFile(dirname(to));
    return content;
  } catch (error) {
    rmSync(to, { force: true });
    throw error;
  } finally {
    source.close();
  }
}

function markCopy(file: string, original: string, now: Date): DatabaseContent {
  const copy = new DatabaseSync(file);
  try {
    const content = readDatabase(copy, original);
    const copiedAt = content.copiedAt ?? now.toISOString();
    copy.prepare("INSERT OR REPLACE INTO meta VALUES ('copied', ?)").run(copiedAt);
    return { ...content, copiedAt };
  } finally {
    copy.close();
  }
}

/** Waits until a file's bytes, or a folder's names, are on disk. */
export function syncFile(path: string): void {
  const descriptor = openSync(path, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
