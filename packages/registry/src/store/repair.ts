import { existsSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { objectKey, type StoredObject } from "../state/stored-object.ts";
import { copyDatabase } from "./copy-database.ts";
import { DataFolder } from "./data-folder.ts";
import { DatabaseDamage, damaged } from "./database-damage.ts";
import { lockFolder } from "./folder-lock.ts";
import { openDatabase, openToRead } from "./open-database.ts";
import { objectOf, type Row, readDatabase, schemaVersion } from "./read-database.ts";
import { replaceDatabase } from "./replace-database.ts";
import { addToDigest, emptyDigest } from "./state-digest.ts";

/** What a repair has found and done. */
export type Repaired =
  | { readonly wasDamaged: false; readonly resources: number }
  | {
      readonly wasDamaged: true;
      readonly damage: string;
      /** Kept. */
      readonly resources: number;
      /** Records that were found and are not whole. Others may have been where nothing can be read any more. */
      readonly lostRecords: number;
      /** Where the damaged database is now. */
      readonly formerFile: string;
    };

/**
 * Makes a new database of every resource that is whole in a damaged one. Of a resource whose newest state is not, the
 * newest that is stands. Throws, with everything as it was, where a registry runs in `folder` or nothing can be read.
 */
export function repair(folder: string, now: Date): Repaired {
  const data = new DataFolder(folder);
  const { databaseFile } = data;
  if (!existsSync(databaseFile)) {
    throw new Error(`${databaseFile} does not exist: name the registry's data folder with --data`);
  }
  const lock = lockFolder(data);
  try {
    const state = inspect(databaseFile);
    if (typeof state === "number") return { wasDamaged: false, resources: state };
    const { objects, lostRecords } = salvage(databaseFile);
    const fresh = `${databaseFile}.fresh`;
    // Left by a repair that was ended half-way.
    rmSync(fresh, { force: true });
    writeDatabase(fresh, objects, now);
    const formerFile = replaceDatabase(data, fresh, now)!;
    return { wasDamaged: true, damage: state.message, resources: objects.length, lostRecords, formerFile };
  } finally {
    lock.release();
  }
}

/** The number of resources, or the damage. */
function inspect(file: string): number | DatabaseDamage {
  let database: DatabaseSync | undefined;
  try {
    database = openToRead(file);
    return readDatabase(database, file).objects.length;
  } catch (error) {
    if (error instanceof DatabaseDamage) return error;
    throw error;
  } finally {
    database?.close();
  }
}

interface Salvaged {
  readonly objects: readonly StoredObject[];
  readonly lostRecords: number;
}

function salvage(file: string): Salvaged {
  /** The newest state of each resource that is whole; undefined where that is its deletion. */
  const newest = new Map<string, { readonly revision: number; readonly object: StoredObject | undefined }>();
  const whole = new Set<number>();
  const broken = new Set<number>();
  for (const { row, isDeletion } of readableRows(file)) {
    const object = wholeObject(row, file);
    (object === undefined ? broken : whole).add(row.revision);
    if (object === undefined) continue;
    const key = `${object.info.kind}/${objectKey(object.namespace, object.name)}`;
    const known = newest.get(key);
    if (known !== undefined && known.revision >= object.revision) continue;
    newest.set(key, { revision: object.revision, object: isDeletion ? undefined : object });
  }
  const objects = [...newest.values()].flatMap(({ object }) => (object === undefined ? [] : [object]));
  // The newest state of a resource stands in both tables: one of them is enough.
  const lostRecords = [...broken].filter((revision) => !whole.has(revision)).length;
  return { objects: objects.sort((some, other) => some.revision - other.revision), lostRecords };
}

interface FoundRow {
  readonly row: Row;
  readonly isDeletion: boolean;
}

/** The rows of both tables, each once, as far as they can be reached from either end. */
function readableRows(file: string): readonly FoundRow[] {
  const rows = new Map<string, FoundRow>();
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    for (const direction of ["ASC", "DESC"]) {
      const order = `ORDER BY kind ${direction}, namespace ${direction}, name ${direction}`;
      collect(rows, database, `SELECT revision, kind, json, crc, '' AS type FROM objects ${order}`);
      collect(rows, database, `SELECT revision, kind, json, crc, type FROM changes ORDER BY revision ${direction}`);
    }
  } catch (cause) {
    throw damaged(file, `nothing in it can be read (${(cause as Error).message})`, cause);
  } finally {
    database?.close();
  }
  return [...rows.values()];
}

/** Adds the rows until the first that cannot be reached. */
function collect(rows: Map<string, FoundRow>, database: DatabaseSync, query: string): void {
  try {
    for (const row of database.prepare(query).iterate()) {
      // The columns are those of the schema; what they hold is checked where it is used.
      const { type, ...found } = row as unknown as Row & { readonly type: string };
      rows.set(`${type === "" ? "objects" : "changes"} ${found.revision}`, {
        row: found,
        isDeletion: type === "DELETED",
      });
    }
  } catch {
    // From here on nothing is readable in this direction.
  }
}

function wholeObject(row: Row, file: string): StoredObject | undefined {
  try {
    return objectOf(row, file);
  } catch (error) {
    if (error instanceof DatabaseDamage) return undefined;
    throw error;
  }
}

function writeDatabase(file: string, objects: readonly StoredObject[], now: Date): void {
  const unchecked = `${file}.unchecked`;
  rmSync(unchecked, { force: true });
  const database = openDatabase(unchecked);
  const put = database.prepare("INSERT INTO objects VALUES (?, ?, ?, ?, ?, ?)");
  const setMeta = database.prepare("INSERT INTO meta VALUES (?, ?)");
  database.exec("BEGIN");
  let digest = emptyDigest;
  for (const { info, namespace, name, revision, json } of objects) {
    const crc = crc32(json);
    put.run(info.kind, namespace, name, revision, json, crc);
    digest = addToDigest(digest, crc);
  }
  setMeta.run("schema", String(schemaVersion));
  setMeta.run("revision", String(objects.at(-1)?.revision ?? 0));
  setMeta.run("digest", String(digest));
  database.exec("COMMIT");
  database.close();
  copyDatabase(unchecked, file, now);
  rmSync(unchecked);
}
