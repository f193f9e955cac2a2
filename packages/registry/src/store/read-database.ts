import type { DatabaseSync } from "node:sqlite";
import { crc32 } from "node:zlib";
import { findKind, type Resource } from "@intramesh/config";
import { type Change, objectKey, type StoredObject } from "../state/stored-object.ts";
import { DatabaseDamage, damaged } from "./database-damage.ts";
import { addToDigest, emptyDigest } from "./state-digest.ts";

/** What this registry writes. Rises when an older registry could not read it. */
export const schemaVersion = 2;

/** The oldest that this registry reads: 1 has no digest. */
const oldestSchema = 1;

/** Everything in a database, every part of it found whole. */
export interface DatabaseContent {
  /** Undefined where nothing was ever written. */
  readonly epoch: string | undefined;
  readonly revision: number;
  readonly objects: readonly StoredObject[];
  /** Oldest first, without gaps, up to `revision`; empty where the history was dropped. */
  readonly changes: readonly Change[];
  /** Of `objects`; see state-digest.ts. */
  readonly digest: number;
  readonly schema: number;
  /** Since when the file is a copy, as a time in ISO 8601; undefined for an original. */
  readonly copiedAt: string | undefined;
}

/** A row of `objects` or `changes`. */
export interface Row {
  readonly revision: number;
  readonly kind: string;
  readonly json: string;
  readonly crc: number;
}

/**
 * Reads a database whole and holds every part of it against the others: each record against its checksum and its own
 * columns, all objects against the digest, the history against the revision. Throws a DatabaseDamage where something
 * does not fit, an Error where a newer registry wrote it.
 */
export function readDatabase(database: DatabaseSync, file: string): DatabaseContent {
  try {
    return read(database, file);
  } catch (cause) {
    const { errcode, code } = cause as { readonly errcode?: number; readonly code?: string };
    // A damaged number may be one that JavaScript does not have.
    if (cause instanceof DatabaseDamage || (errcode === undefined && code !== "ERR_OUT_OF_RANGE")) throw cause;
    throw damaged(file, (cause as Error).message, cause);
  }
}

function read(database: DatabaseSync, file: string): DatabaseContent {
  const meta = new Map<string, string>();
  for (const row of database.prepare("SELECT key, value FROM meta").all()) {
    meta.set(String(row["key"]), String(row["value"]));
  }
  const schema = Number(meta.get("schema") ?? schemaVersion);
  if (!(schema >= oldestSchema && schema <= schemaVersion)) {
    throw new Error(
      `${file} has schema ${meta.get("schema")}, this registry reads ${schemaVersion}: start the newer one`,
    );
  }
  const rows = database.prepare("SELECT * FROM objects ORDER BY revision").all() as unknown as readonly ObjectRow[];
  const objects = rows.map((row) => checkedObject(row, file));
  const digest = rows.reduce((sum, { crc }) => addToDigest(sum, crc), emptyDigest);
  const written = meta.get("digest");
  if (written !== undefined && Number(written) !== digest) {
    throw damaged(file, "its objects are not those that were written last: some are missing, or older than they were");
  }
  const revision = Number(meta.get("revision") ?? 0);
  if (!Number.isSafeInteger(revision)) throw damaged(file, `its revision is ${meta.get("revision")}`);
  const changes = readHistory(database, file, revision);
  return { epoch: meta.get("epoch"), revision, objects, changes, digest, schema, copiedAt: meta.get("copied") };
}

interface ObjectRow extends Row {
  readonly namespace: string;
  readonly name: string;
}

function checkedObject(row: ObjectRow, file: string): StoredObject {
  const object = objectOf(row, file);
  if (object.namespace === row.namespace && object.name === row.name) return object;
  throw damaged(file, `the ${row.kind} written at revision ${row.revision} stands under the name of another`);
}

/** The object of a row. Throws a DatabaseDamage where it is not the one that was written. */
export function objectOf(row: Row, file: string): StoredObject {
  // A damaged row may hold anything, or nothing.
  if (typeof row.json !== "string" || crc32(row.json) !== row.crc) {
    throw damaged(file, `the ${row.kind} written at revision ${row.revision} does not have its checksum`);
  }
  const resource = JSON.parse(row.json) as Resource;
  const { kind, metadata } = resource;
  if (kind !== row.kind || metadata.resourceVersion !== String(row.revision)) {
    const what = `${kind} of revision ${metadata.resourceVersion}`;
    throw damaged(file, `a ${what} is noted as ${row.kind} of revision ${row.revision}`);
  }
  const info = findKind(kind);
  if (info === undefined) {
    throw new Error(`${file} holds a ${kind}, which this registry does not know: start the newer one`);
  }
  const namespace = info.namespaced ? (metadata.namespace ?? "") : "";
  return { info, namespace, name: metadata.name, revision: row.revision, resource, json: row.json };
}

const changeTypes: ReadonlySet<string> = new Set(["ADDED", "MODIFIED", "DELETED"]);

function readHistory(database: DatabaseSync, file: string, revision: number): readonly Change[] {
  // The columns are those of the schema; `type` is checked below.
  const rows = database
    .prepare("SELECT revision, type, kind, json, crc FROM changes ORDER BY revision")
    .all() as unknown as readonly (Row & Pick<Change, "type">)[];
  const first = revision - rows.length + 1;
  const latest = new Map<string, StoredObject>();
  return rows.map((row, position) => {
    if (row.revision !== first + position || !changeTypes.has(row.type)) {
      throw damaged(file, `its history does not lead to revision ${revision} without a gap`);
    }
    const object = objectOf(row, file);
    const key = `${row.kind}/${objectKey(object.namespace, object.name)}`;
    const previous = row.type === "ADDED" ? undefined : latest.get(key);
    latest.set(key, object);
    return { revision: row.revision, type: row.type, object, previous };
  });
}
