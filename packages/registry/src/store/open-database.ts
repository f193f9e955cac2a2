import { DatabaseSync } from "node:sqlite";
import type { DataFolder } from "./data-folder.ts";

const schema = `
  CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS objects (
    kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
    revision INTEGER NOT NULL, json TEXT NOT NULL, crc INTEGER NOT NULL,
    PRIMARY KEY (kind, namespace, name)
  ) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS changes (
    revision INTEGER PRIMARY KEY, type TEXT NOT NULL, kind TEXT NOT NULL,
    json TEXT NOT NULL, crc INTEGER NOT NULL
  );
`;

/** Opens the database for one registry alone. Throws, by name, where that is not possible. */
export function openDatabase(folder: DataFolder): DatabaseSync {
  const file = folder.databaseFile;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // EXCLUSIVE holds the file's lock until close: a second registry on the same folder is refused.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    database.exec(schema);
    folder.claim();
    return database;
  } catch (cause) {
    database?.close();
    const reason = reasonOf(cause);
    if (reason.includes("locked")) {
      const owner = folder.owner();
      const which = owner === undefined ? "another registry" : `another registry, process ${owner}`;
      throw new Error(`${file} is in use by ${which}: stop that one, or give this one another --data`, { cause });
    }
    throw new Error(`${file} cannot be opened: ${reason}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
