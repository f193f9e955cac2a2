import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { dirname, join, sep } from "node:path";

/** What is at and below a path. */
export interface FoundFiles {
  /** In the order of their names. */
  readonly files: readonly string[];
  /** The path itself and those below it, where it is a folder. */
  readonly folders: readonly string[];
}

const extensions = [".yaml", ".yml", ".json"];

const nothing: FoundFiles = { files: [], folders: [] };

/**
 * The files below a path that end in .yaml, .yml or .json; a path that is a file stands for itself. Hidden entries are left
 * out: editors and mounted ConfigMaps keep their own things there. Links are followed. Rejects where there is nothing at the
 * path.
 */
export async function findFiles(path: string): Promise<FoundFiles> {
  return (await stat(path)).isDirectory() ? findBelow(path) : { files: [path], folders: [] };
}

async function findBelow(folder: string): Promise<FoundFiles> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
  entries.sort((one, other) => (one.name < other.name ? -1 : 1));
  const found = await Promise.all(entries.map((entry) => findEntry(join(folder, entry.name), entry)));
  return { files: found.flatMap(({ files }) => files), folders: [folder, ...found.flatMap(({ folders }) => folders)] };
}

async function findEntry(path: string, entry: Dirent): Promise<FoundFiles> {
  // Gone between the listing and now, or a link that leads nowhere: not there.
  const target = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
  if (target === undefined) return nothing;
  if (target.isDirectory()) {
    const isLoop = entry.isSymbolicLink() && (await leadsUp(path).catch(() => true));
    return isLoop ? nothing : findBelow(path).catch(() => nothing);
  }
  return extensions.some((extension) => path.endsWith(extension)) ? { files: [path], folders: [] } : nothing;
}

/** Whether a link leads to a folder that it is in: what is there has been found, and would be without end. */
async function leadsUp(link: string): Promise<boolean> {
  const [target, parent] = await Promise.all([realpath(link), realpath(dirname(link))]);
  return parent === target || parent.startsWith(target.endsWith(sep) ? target : target + sep);
}
