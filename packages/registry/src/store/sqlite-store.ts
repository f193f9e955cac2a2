import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { findKind, type KindInfo, type Resource } from "@intramesh/config";
import type { Change, StoredObject } from "../state/stored-object.ts";
import { type Store, type StoreContent, StoreFailure } from "./store.ts";

/** Rises when an older registry could not read what this one writes. */
const schemaVersion = 1;

/** Old history is dropped once per this many revisions: deleting row by row would cost every write. */
const trimEvery = 1_000;

/** SQLite's result codes for "no room": writes work again once there is some (https://sqlite.org/rescode.html). */
const sqliteFull = 13;

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

export interface SqliteStoreOptions {
  /** Folder of the database; made where it is missing. */
  readonly folder: string;
  /** Revisions of history to keep. */
  readonly historyLimit: number;
}

interface Row {
  readonly revision: number;
  readonly kind: string;
  readonly json: string;
  readonly crc: number;
}

/**
 * A store in one SQLite file, in WAL mode with an fsync for every commit.
 * Throws where the folder cannot be used or another registry has it open.
 */
export function createSqliteStore(options: SqliteStoreOptions): Store {
  return new SqliteStore(options);
}

class SqliteStore implements Store {
  readonly #file: string;
  readonly #historyLimit: number;
  readonly #database: DatabaseSync;
  readonly #putObject: StatementSync;
  readonly #deleteObject: StatementSync;
  readonly #addChange: StatementSync;
  readonly #trim: StatementSync;
  readonly #setMeta: StatementSync;
  #failed: StoreFailure | undefined;

  constructor(options: SqliteStoreOptions) {
    this.#historyLimit = options.historyLimit;
    this.#file = join(options.folder, "registry.db");
    this.#database = openDatabase(options.folder, this.#file);
    this.#putObject = this.#database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?)");
    this.#deleteObject = this.#database.prepare("DELETE FROM objects WHERE kind = ? AND namespace = ? AND name = ?");
    this.#addChange = this.#database.prepare("INSERT INTO changes VALUES (?, ?, ?, ?, ?)");
    this.#trim = this.#database.prepare("DELETE FROM changes WHERE revision <= ?");
    this.#setMeta = this.#database.prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)");
  }

  load(): StoreContent {
    const meta = new Map<string, string>();
    for (const row of this.#database.prepare("SELECT key, value FROM meta").all()) {
      meta.set(String(row["key"]), String(row["value"]));
    }
    const epoch = meta.get("epoch") ?? this.#begin();
    const written = Number(meta.get("schema") ?? schemaVersion);
    if (written !== schemaVersion) {
      throw new Error(`${this.#file} has schema ${written}, this registry reads ${schemaVersion}: start the newer one`);
    }
    const objects = this.#rows("SELECT revision, kind, json, crc FROM objects ORDER BY revision").map((row) =>
      this.#objectOf(row),
    );
    return { epoch, revision: Number(meta.get("revision") ?? 0), objects, changes: this.#history() };
  }

  commit(changes: readonly Change[]): void {
    if (this.#failed !== undefined) throw this.#failed;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const change of changes) this.#write(change);
      this.#setMeta.run("revision", String(changes.at(-1)?.revision ?? 0));
      this.#database.exec("COMMIT");
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  close(): void {
    this.#database.close();
  }

  #begin(): string {
    const epoch = randomUUID();
    this.#setMeta.run("epoch", epoch);
    this.#setMeta.run("schema", String(schemaVersion));
    return epoch;
  }

  #write({ revision, type, object }: Change): void {
    const { info, namespace, name, json } = object;
    const crc = crc32(json);
    if (type === "DELETED") this.#deleteObject.run(info.kind, namespace, name);
    else this.#putObject.run(info.kind, namespace, name, revision, json, crc);
    this.#addChange.run(revision, type, info.kind, json, crc);
    if (revision % trimEvery === 0) this.#trim.run(revision - this.#historyLimit);
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
    const lasting = (cause as { errcode?: number }).errcode !== sqliteFull;
    const reason = cause instanceof Error ? cause.message : String(cause);
    const failure = new StoreFailure(`${this.#file} cannot be written: ${reason}`, { lasting, cause });
    if (lasting) this.#failed = failure;
    return failure;
  }

  #history(): Change[] {
    const latest = new Map<string, StoredObject>();
    const rows = this.#rows("SELECT revision, type, kind, json, crc FROM changes ORDER BY revision") as (Row &
      Pick<Change, "type">)[];
    return rows.map((row) => {
      const object = this.#objectOf(row);
      const key = `${row.kind}/${object.namespace}/${object.name}`;
      const previous = row.type === "ADDED" ? undefined : latest.get(key);
      latest.set(key, object);
      return { revision: row.revision, type: row.type, object, previous };
    });
  }

  #rows(query: string): Row[] {
    // The columns are those that `schema` declares.
    return this.#database.prepare(query).all() as unknown as Row[];
  }

  #objectOf(row: Row): StoredObject {
    if (crc32(row.json) !== row.crc) {
      throw new Error(
        `${this.#file} is damaged: the ${row.kind} written at revision ${row.revision} does not have its checksum; ` +
          "restore a backup, or move the file away to start empty",
      );
    }
    const info: KindInfo | undefined = findKind(row.kind);
    if (info === undefined) {
      throw new Error(`${this.#file} holds a ${row.kind}, which this registry does not know: start the newer one`);
    }
    const resource = JSON.parse(row.json) as Resource;
    return {
      info,
      namespace: info.namespaced ? (resource.metadata.namespace ?? "") : "",
      name: resource.metadata.name,
      revision: row.revision,
      resource,
      json: row.json,
    };
  }
}

function openDatabase(folder: string, file: string): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new Error(`the data folder ${folder} cannot be used: ${reasonOf(cause)}`, { cause });
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file);
    // EXCLUSIVE holds the file's lock until close: a second registry on the same folder is refused.
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    database.exec(schema);
    return database;
  } catch (cause) {
    database?.close();
    const reason = reasonOf(cause);
    if (reason.includes("locked")) {
      throw new Error(`${file} is in use by another registry: stop that one, or give this one another --data`, {
        cause,
      });
    }
    throw new Error(`${file} cannot be opened: ${reason}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
