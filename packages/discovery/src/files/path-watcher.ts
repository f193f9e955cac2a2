import { type FSWatcher, statSync, watch } from "node:fs";
import { dirname } from "node:path";

/**
 * Tells that something changed at or below some paths. A single file is watched through its folder: an editor that
 * writes by rename puts another file in its place. What cannot be watched is passed over, the caller looks by itself
 * now and then.
 */
export class PathWatcher {
  readonly #paths: readonly string[];
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();

  constructor(paths: readonly string[], onChange: () => void) {
    this.#paths = paths;
    this.#onChange = onChange;
  }

  /** Begins to watch what is there by now. */
  refresh(): void {
    for (const path of this.#paths) {
      const kind = kindOf(path);
      if (kind === "missing") this.#drop(path);
      else this.#watch(path, kind);
    }
  }

  close(): void {
    for (const path of [...this.#watchers.keys()]) this.#drop(path);
  }

  #watch(path: string, kind: "folder" | "file"): void {
    if (this.#watchers.has(path)) return;
    try {
      const target = kind === "folder" ? path : dirname(path);
      const watcher = watch(target, { recursive: kind === "folder", persistent: false }, this.#onChange);
      this.#watchers.set(path, watcher);
      watcher.on("error", () => this.#drop(path));
    } catch {
      // No watches left, or a file system without them.
    }
  }

  #drop(path: string): void {
    this.#watchers.get(path)?.close();
    this.#watchers.delete(path);
  }
}

function kindOf(path: string): "folder" | "file" | "missing" {
  try {
    return statSync(path).isDirectory() ? "folder" : "file";
  } catch {
    return "missing";
  }
}
