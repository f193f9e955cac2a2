import { existsSync, rmSync } from "node:fs";
import type { DatabaseSummary } from "./backup.ts";
import { copyDatabase } from "./copy-database.ts";
import { DataFolder } from "./data-folder.ts";
import { lockFolder } from "./folder-lock.ts";
import { replaceDatabase } from "./replace-database.ts";

/** What a restore has done. */
export interface Restored extends DatabaseSummary {
  /** When the backup was made, ISO 8601. */
  readonly copiedAt: string;
  /** Where the database that stood there before is now; undefined where there was none. */
  readonly formerFile: string | undefined;
}

/**
 * Puts a backup in the place of a registry's database. The registry that starts from it begins a new history, so that
 * its clients start over. Throws, with everything as it was, where a registry runs in `folder` or the backup is not whole.
 */
export function restore(folder: string, file: string, now: Date): Restored {
  if (!existsSync(file)) throw new Error(`${file} does not exist: name the file of a backup`);
  const data = new DataFolder(folder);
  const lock = lockFolder(data);
  try {
    const fresh = `${data.databaseFile}.fresh`;
    // Left by a restore that was ended half-way.
    rmSync(fresh, { force: true });
    const { revision, objects, copiedAt } = copyDatabase(file, fresh, now);
    const formerFile = replaceDatabase(data, fresh, now);
    return { revision, resources: objects.length, copiedAt: copiedAt!, formerFile };
  } finally {
    lock.release();
  }
}
