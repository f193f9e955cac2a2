import { randomUUID } from "node:crypto";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { findKind, type KindInfo, type Resource } from "@intramesh/config";
import type { Change, StoredObject } from "../state/stored-object.ts";
import { DataFolder } from "./data-folder.ts";
import { openDatabase } from "./open-database.ts";
import { type Store, type StoreContent, StoreFailure } from "./store.ts";

/** Rises when an older registry could not read what this one writes. */
const schemaVersion = 1;

/** Old history is dropped once per this many revisions: deleting row by row would cost every write. */
const trimEvery = 1_000;

/** SQLite's result codes for "no room": writes work again once there is some (https://sqlite.org/rescode.html). */
const sqliteFull = 13;

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
  readonly #folder: DataFolder;
  readonly #file: string;
  readonly #historyLimit: number;
  readonly #database: DatabaseSync;
  readonly #putObject: StatementSync;
  readonly #deleteObject: StatementSync;
  readonly #addChange: StatementSync;
  readonly #trim: StatementSync;
  readonly #setMeta: StatementSync;
  #revision = 0;
  #failed: StoreFailure | undefined;

  constructor(options: SqliteStoreOptions) {
    this.#historyLimit = options.historyLimit;
    this.#folder = new DataFolder(options.folder);
    this.#file = this.#folder.databaseFile;
    this.#database = openDatabase(this.#folder);
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
    this.#revision = Number(meta.get("revision") ?? 0);
    const restored = this.#revision < this.#folder.mark() ? this.#beginAfterRestore() : undefined;
    this.#folder.setMark(this.#revision);
    return { epoch: restored ?? epoch, revision: this.#revision, objects, changes: this.#history() };
  }

  commit(changes: readonly Change[]): void {
    if (this.#failed !== undefined) throw this.#failed;
    try {
      this.#database.exec("BEGIN IMMEDIATE");
      for (const change of changes) this.#write(change);
      const revision = changes.at(-1)?.revision ?? this.#revision;
      this.#setMeta.run("revision", String(revision));
      this.#database.exec("COMMIT");
      this.#revision = revision;
    } catch (cause) {
      throw this.#failure(cause);
    }
  }

  close(): void {
    this.#database.close();
    this.#folder.setMark(this.#revision);
  }

  #begin(): string {
    const epoch = randomUUID();
    this.#setMeta.run("epoch", epoch);
    this.#setMeta.run("schema", String(schemaVersion));
    return epoch;
  }

  /**
   * An older copy of the database was put in place: what clients know of later revisions is not here any more. They
   * must start over, and no revision may be given twice.
   */
  #beginAfterRestore(): string {
    this.#revision = this.#folder.mark();
    this.#database.exec("DELETE FROM changes");
    this.#setMeta.run("revision", String(this.#revision));
    return this.#begin();
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
