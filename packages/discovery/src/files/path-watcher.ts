import { type FSWatcher, statSync, watch } from "node:fs";
import { basename, dirname } from "node:path";

/** The link that Kubernetes turns to the next state of a mounted ConfigMap. */
const mountedState = "..data";

/**
 * Tells that something changed in some folders, each watched by itself: a recursive watch takes a handle for every file.
 * What cannot be watched is passed over, the caller looks by itself now and then.
 */
export class PathWatcher {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, { readonly watcher: FSWatcher; readonly inode: string }>();
  /** Of which names in a folder changes count; undefined: of all. */
  #names: ReadonlyMap<string, ReadonlySet<string> | undefined> = new Map();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /**
   * Watches `folders`, and for each of `paths` the folder that it is in: an editor that writes by rename puts another file
   * in its place, a folder comes back, a link is turned. True where one of them was not watched before, or another one
   * stands in its place: what changed in it until now has not been told.
   */
  watchOnly(folders: readonly string[], paths: readonly string[]): boolean {
    const names = new Map<string, Set<string> | undefined>();
    for (const path of paths) {
      const parent = dirname(path);
      names.set(parent, (names.get(parent) ?? new Set([mountedState])).add(basename(path)));
    }
    for (const folder of folders) names.set(folder, undefined);
    this.#names = names;
    for (const folder of this.#watchers.keys()) if (!names.has(folder)) this.#drop(folder);
    let isNew = false;
    for (const folder of names.keys()) isNew = this.#watch(folder) || isNew;
    return isNew;
  }

  close(): void {
    for (const folder of [...this.#watchers.keys()]) this.#drop(folder);
  }

  #watch(folder: string): boolean {
    const inode = inodeOf(folder);
    if (inode !== undefined && this.#watchers.get(folder)?.inode === inode) return false;
    this.#drop(folder);
    if (inode === undefined) return false;
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        const names = this.#names.get(folder);
        if (name === null || names === undefined || names.has(name)) this.#onChange();
      });
      this.#watchers.set(folder, { watcher, inode });
      watcher.on("error", () => this.#drop(folder));
      return true;
    } catch {
      // No watches left, or a file system without them.
      return false;
    }
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.watcher.close();
    this.#watchers.delete(folder);
  }
}

/** Of the folder that a path leads to now; undefined where there is none. */
function inodeOf(folder: string): string | undefined {
  const stats = statSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() ? `${stats.dev} ${stats.ino}` : undefined;
}
