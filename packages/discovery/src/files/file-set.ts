import { isDeepStrictEqual } from "node:util";
import type { Resource } from "@intramesh/config";
import { resourceKey, resourceTitle } from "../resource-key.ts";
import { findFiles } from "./find-files.ts";
import { type FoundFile, type KnownFile, lookAgain, problemOf } from "./known-file.ts";

/** What a set of files says, after each of them was looked at. */
export interface FileSetReading {
  /** By key. One that did not change is the same object as in the reading before. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** Everything that is wrong, each on one line that begins with the file. */
  readonly problems: readonly string[];
}

/** What is there to be read. */
interface Listing {
  readonly found: readonly FoundFile[];
  readonly folders: readonly string[];
  /** Files of paths that are away for now. */
  readonly kept: ReadonlyMap<string, KnownFile>;
  readonly problems: readonly string[];
}

/** Files that are looked at together: enough to keep the disk busy, few enough for the process's file handles. */
const batchSize = 64;

/** Files and folders that are read again and again. What is wrong keeps what it last said that was right. */
export class FileSet {
  readonly #paths: readonly string[];
  readonly #wallMs: () => number;
  /** By file name, in the order that decides between two of the same resource. */
  #files: ReadonlyMap<string, KnownFile> = new Map();
  #resources: ReadonlyMap<string, Resource> = new Map();

  /** Earlier paths win. `wallMs` tells the time, in milliseconds since 1970. */
  constructor(paths: readonly string[], wallMs: () => number) {
    this.#paths = paths;
    this.#wallMs = wallMs;
  }

  /**
   * Looks at all files; reads and parses those that changed. `onFolders` hears of the folders before their files are looked
   * at. One reading at a time.
   */
  async read(onFolders: (folders: readonly string[]) => void): Promise<FileSetReading> {
    const { found, folders, kept, problems: missing } = await this.#list();
    onFolders(folders);
    const problems = [...missing];
    const files = new Map<string, KnownFile>();
    for (let at = 0; at < found.length; at += batchSize) {
      const batch = found.slice(at, at + batchSize);
      const known = await Promise.all(
        batch.map((one) => kept.get(one.file) ?? lookAgain(one, this.#files.get(one.file), this.#wallMs())),
      );
      for (const file of known) {
        if (file === undefined || files.has(file.file)) continue;
        files.set(file.file, file);
        problems.push(...file.problems);
      }
    }
    this.#files = files;
    this.#resources = this.#merge(problems);
    return { resources: this.#resources, problems };
  }

  /** Files of all paths. Those of a path that is away for now keep what they said. */
  async #list(): Promise<Listing> {
    const kept = new Map<string, KnownFile>();
    const folders: string[] = [];
    const problems: string[] = [];
    const lists = this.#paths.map(async (path): Promise<readonly FoundFile[]> => {
      try {
        const found = await findFiles(path);
        folders.push(...found.folders);
        return found.files.map((file) => ({ file, path }));
      } catch (error) {
        problems.push(problemOf(path, error));
        const known = [...this.#files.values()].filter((one) => one.path === path);
        for (const one of known) kept.set(one.file, one);
        return known;
      }
    });
    return { found: (await Promise.all(lists)).flat(), folders, kept, problems };
  }

  /** An earlier path may say otherwise than a later one; two files of one path contradict each other. */
  #merge(problems: string[]): ReadonlyMap<string, Resource> {
    const merged = new Map<string, Resource>();
    const origins = new Map<string, FoundFile>();
    for (const { file, path, good } of this.#files.values()) {
      for (const resource of good) {
        const key = resourceKey(resource);
        const origin = origins.get(key);
        if (origin === undefined) {
          const before = this.#resources.get(key);
          origins.set(key, { file, path });
          merged.set(key, isSame(before, resource) ? before : resource);
        } else if (origin.path === path) {
          problems.push(`${file}: ${resourceTitle(resource)} is in ${origin.file} already, which wins`);
        }
      }
    }
    return merged;
  }
}

/** A resource may have moved from one file to another. */
function isSame(before: Resource | undefined, resource: Resource): before is Resource {
  return before === resource || (before !== undefined && isDeepStrictEqual(before, resource));
}
