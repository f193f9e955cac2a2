import { existsSync, linkSync, renameSync, rmSync } from "node:fs";
import { syncFile } from "./copy-database.ts";
import type { DataFolder } from "./data-folder.ts";

/**
 * Puts `fresh`, a file in the same folder, in the place of the database; the former one is kept beside it under the name
 * that is returned. Whoever calls holds the folder's lock. At every moment there is a database under the database's name:
 * a process that ends half-way leaves the former one, at worst without the changes in its write-ahead log, which is
 * noticed by the mark.
 */
export function replaceDatabase(folder: DataFolder, fresh: string, now: Date): string | undefined {
  const { databaseFile, path } = folder;
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  const former = `${databaseFile}.former-${time}`;
  const hasFormer = existsSync(databaseFile);
  if (hasFormer) linkSync(databaseFile, former);
  // SQLite would read the former log into the fresh file.
  if (existsSync(`${databaseFile}-wal`)) renameSync(`${databaseFile}-wal`, `${former}-wal`);
  rmSync(`${databaseFile}-shm`, { force: true });
  renameSync(fresh, databaseFile);
  syncFile(path);
  return hasFormer ? former : undefined;
}
