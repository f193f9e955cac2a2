import { randomUUID } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import type { Change } from "../state/stored-object.ts";
import { DataFolder } from "./data-folder.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { noRoomCodes, openDatabase } from "./open-database.ts";
import { type DatabaseContent, readDatabase, schemaVersion } from "./read-database.ts";
import { addToDigest, removeFromDigest } from "./state-digest.ts";
import { type Store, type StoreContent, StoreFailure } from "./store.ts";

/** Old history is dropped once per this many revisions: deleting row by row would cost every write. */
const trimEvery = 1_000;

/**
 * A history that begins anew does so this far on: Kubernetes' clients know revisions but no epochs, and those that have
 * seen later revisions of the former history must find that theirs is gone (etcd's `--bump-revision`, likewise).
 */
const revisionLeap = 1_000_000_000;

/** Where a SQLite store is, and how much history it keeps. */
export interface SqliteStoreOptions {
  /** Folder of the database; made where it is missing. */
  readonly folder: string;
  /** Revisions of history to keep. */
  readonly historyLimit: number;
  /** Told when what is found is not what was left. */
  readonly warn?: (message: string) => void;
}

/**
 * A store in one SQLite file, in WAL mode with an fsync for every commit.
 * Throws where the folder cannot be used, another registry has it, or the file is damaged.
 */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  const folder = new DataFolder(options.folder);
  const lock = lockFolder(folder);
  try {
    return new SqliteStore(folder, lock, openDatabase(folder.databaseFile), options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

class SqliteStore implements Store {
  readonly #folder: DataFolder;
  readonly #lock: FolderLock;
  readonly #file: string;
  readonly #historyLimit: number;
  readonly #warn: (message: string) => void;
  readonly #database: DatabaseSync;
  readonly #crcOf: StatementSync;
  readonly #putObject: StatementSync;
  readonly #deleteObject: StatementSync;
  readonly #addChange: StatementSync;
  readonly #trim: StatementSync;
  readonly #setMeta: StatementSync;
  #revision = 0;
  #digest = 0;
  #failed: StoreFailure | undefined;

  constructor(folder: DataFolder, lock: FolderLock, database: DatabaseSync, options: SqliteStoreOptions) {
    this.#folder = folder;
    this.#lock = lock;
    this.#file = folder.databaseFile;
    this.#historyLimit = options.historyLimit;
    this.#warn = options.warn ?? ((): void => {});
    this.#database = database;
    const key = "kind = ? AND namespace = ? AND name = ?";
    this.#crcOf = database.prepare(`SELECT crc FROM objects WHERE ${key}`);
    this.#putObject = database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)");
    this.#deleteObject = database.prepare(`DELETE FROM objects WHERE ${key}`);
    this.#addChange = database.prepare("INSERT INTO changes VALUES (?, ?, ?, ?, ?)");
    this.#trim = database.prepare("DELETE FROM changes WHERE revision <= ?");
    this.#setMeta = database.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
  }

  load(): StoreContent {
    const found = readDatabase(this.#database, this.#file);
    const mark = this.#folder.mark();
    this.#revision = found.revision;
    this.#digest = found.digest;
    const reason = newHistoryReason(found, mark);
    const content = reason === undefined ? this.#goOn(found) : this.#beginHistory(found, mark);
    if (reason) this.#warn(`${this.#file} ${reason}: clients start over at revision ${content.revision}`);
    this.#folder.setMark(this.#revision);
    return content;
  }

  commit(changes: readonly Change[]): void {
    if (this.#failed !== undefined) throw this.#failed;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      const digest = changes.reduce((sum, change) => this.#write(change, sum), this.#digest);
      const revision = changes.at(-1)?.revision ?? this.#revision;
      this.#setMeta.run("revision", String(revision));
      this.#setMeta.run("digest", String(digest));
      this.#database.exec("COMMIT");
      this.#revision = revision;
      this.#digest = digest;
    } catch (cause) {
      throw this.#failure(cause);
    }
    this.#folder.setMark(this.#revision);
  }

  close(): void {
    if (!this.#database.isOpen) return;
    this.#database.close();
    this.#folder.close();
    this.#lock.release();
  }

  #goOn(found: DatabaseContent): StoreContent {
    if (found.schema !== schemaVersion) {
      this.#transact(() => {
        this.#setMeta.run("schema", String(schemaVersion));
        this.#setMeta.run("digest", String(found.digest));
      });
    }
    // A database without an epoch has a new history.
    return { ...found, epoch: found.epoch! };
  }

  /** What clients know of the former history is not here: they must start over, and no revision may be given twice. */
  #beginHistory({ objects, revision: former, epoch: known }: DatabaseContent, mark: number): StoreContent {
    const isFirst = known === undefined && mark === 0;
    const epoch = randomUUID();
    const revision = isFirst ? 0 : Math.max(former, mark) + revisionLeap;
    this.#transact(() => {
      this.#database.exec("DELETE FROM changes; DELETE FROM meta WHERE key = 'copied'");
      this.#setMeta.run("epoch", epoch);
      this.#setMeta.run("schema", String(schemaVersion));
      this.#setMeta.run("digest", String(this.#digest));
      this.#setMeta.run("revision", String(revision));
    });
    this.#revision = revision;
    return { epoch, revision, objects, changes: [] };
  }

  #transact(write: () => void): void {
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      write();
      this.#database.exec("COMMIT");
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  /** Returns the digest after it. */
  #write({ revision, type, object }: Change, digest: number): number {
    const { info, namespace, name, json } = object;
    const crc = crc32(json);
    const before = this.#crcOf.get(info.kind, namespace, name);
    const rest = before === undefined ? digest : removeFromDigest(digest, Number(before["crc"]));
    if (type === "DELETED") this.#deleteObject.run(info.kind, namespace, name);
    else this.#putObject.run(info.kind, namespace, name, revision, json, crc);
    this.#addChange.run(revision, type, info.kind, json, crc);
    if (revision % trimEvery === 0) this.#trim.run(revision - this.#historyLimit);
    return type === "DELETED" ? rest : addToDigest(rest, crc);
  }

  /** An fsync that failed once may have lost pages for good: only "no room" may be tried again. */
  #failure(cause: unknown): StoreFailure {
    if (this.#database.isTransaction) {
      try {
        this.#database.exec("ROLLBACK");
      } catch {
        // SQLite has rolled back by itself.
      }
    }
    const lasting = !noRoomCodes.has((cause as { readonly errcode?: number }).errcode ?? 0);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const failure = new StoreFailure(`${this.#file} cannot be written: ${reason}`, { lasting, cause });
    if (lasting) this.#failed = failure;
    return failure;
  }
}

/** Why the history cannot go on from what was found; empty for a fresh start, undefined where it goes on. */
function newHistoryReason({ epoch, revision, copiedAt }: DatabaseContent, mark: number): string | undefined {
  if (copiedAt !== undefined) return `is a backup of ${copiedAt}, of revision ${revision}`;
  if (revision < mark) {
    const lost = `ends at revision ${revision}, and ${mark} was here: what came after it is lost`;
    return `${lost} (a torn write-ahead log, or an older copy put in its place)`;
  }
  return epoch === undefined ? "" : undefined;
}
