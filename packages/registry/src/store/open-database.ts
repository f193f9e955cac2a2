import { chmodSync, existsSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { damaged } from "./database-damage.ts";

/** For its owner only: there may be Secrets in it. SQLite gives the log and the index the rights of the database. */
export const privateMode = 0o600;

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

/**
 * Opens the database to write it, making it where it is missing: in WAL mode, with an fsync for every commit. Whoever
 * calls holds the folder's lock. Throws, by name, where that is not possible or the file is damaged.
 */
export function openDatabase(file: string): DatabaseSync {
  refuseFolder(file);
  let database: DatabaseSync | undefined;
  try {
    const isNew = !existsSync(file);
    database = new DatabaseSync(file);
    if (isNew) chmodSync(file, privateMode);
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    checkPages(database, file);
    database.exec(schema);
    return database;
  } catch (cause) {
    database?.close();
    throw cannotOpen(file, cause);
  }
}

/** Opens the database to read it, beside whoever writes it. Throws, by name, where that is not possible. */
export function openToRead(file: string): DatabaseSync {
  refuseFolder(file);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    checkPages(database, file);
    return database;
  } catch (cause) {
    database?.close();
    throw cannotOpen(file, cause);
  }
}

/** SQLite's own check of every page; its findings name them (https://sqlite.org/pragma.html#pragma_quick_check). */
function checkPages(database: DatabaseSync, file: string): void {
  const [first] = database.prepare("PRAGMA quick_check(1)").all();
  const finding = String(first?.["quick_check"]);
  if (finding !== "ok") throw damaged(file, finding.replaceAll(/\s+/g, " "));
}

function refuseFolder(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${file} cannot be opened: it is a folder; a registry's database is a file`);
  }
}

/** SQLite's codes for a damaged file, without their details (https://sqlite.org/rescode.html). */
const damageCodes = new Set([11, 26]);

/** SQLite's codes for "no room", of the file and of its index: writes work again once there is some. */
export const noRoomCodes: ReadonlySet<number> = new Set([13, 4_874]);

/** SQLite's "unable to open", behind which most often stand permissions. */
const cannotOpenCode = 14;

function cannotOpen(file: string, cause: unknown): Error {
  const { errcode } = cause as { readonly errcode?: number };
  if (!(cause instanceof Error) || errcode === undefined) return cause as Error;
  const primary = errcode & 0xff;
  if (damageCodes.has(primary)) return damaged(file, cause.message, cause);
  if (noRoomCodes.has(errcode))
    return new Error(`${file} cannot be opened: its disk is full; make room first`, { cause });
  const hint = primary === cannotOpenCode ? "; check that this user may read and write the file and its folder" : "";
  return new Error(`${file} cannot be opened: ${cause.message}${hint}`, { cause });
}
