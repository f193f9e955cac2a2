import { existsSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { copyDatabase, syncFile } from "./copy-database.ts";
import { DataFolder } from "./data-folder.ts";

/** What a database holds. */
export interface DatabaseSummary {
  readonly revision: number;
  /** Resources, instances among them. */
  readonly resources: number;
}

/**
 * Saves the state of the registry whose data are in `folder` to `file`, at one moment of its history, whether it runs or
 * not. Throws where there is nothing to save, it is damaged, or `file` exists already.
 */
export function backUp(folder: string, file: string, now: Date): DatabaseSummary {
  const { databaseFile } = new DataFolder(folder);
  if (!existsSync(databaseFile)) {
    throw new Error(`${databaseFile} does not exist: name the registry's data folder with --data`);
  }
  if (existsSync(file)) throw new Error(`${file} exists: name another file for the backup, or remove that one first`);
  const partial = `${file}.partial`;
  // Left by a backup that was ended half-way.
  rmSync(partial, { force: true });
  const { revision, objects } = copyDatabase(databaseFile, partial, now);
  renameSync(partial, file);
  syncFile(dirname(file));
  return { revision, resources: objects.length };
}
