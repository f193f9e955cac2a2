import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Resource } from "@intramesh/config";
import { resourceKey, resourceTitle } from "../resource-key.ts";
import { listFiles, type ParsedFile, parseFile } from "./parse-file.ts";

/** What a set of files says, after each of them was looked at. */
export interface FileSetReading {
  /** By key. One that did not change is the same object as in the reading before. */
  readonly resources: ReadonlyMap<string, Resource>;
  /** Everything that is wrong, each on one line that begins with the file. */
  readonly problems: readonly string[];
}

/** A file, and the one of the set's paths that led to it. */
interface FoundFile {
  readonly file: string;
  readonly path: string;
}

interface KnownFile extends FoundFile {
  /** Undefined where it could not be read. */
  readonly text: string | undefined;
  readonly problems: readonly string[];
  /** What it last said that was right. */
  readonly good: readonly Resource[];
}

/** Files and folders that are read again and again. What is wrong keeps what it last said that was right. */
export class FileSet {
  readonly #paths: readonly string[];
  /** By file name, in the order that decides between two of the same resource. */
  #files: ReadonlyMap<string, KnownFile> = new Map();
  #resources: ReadonlyMap<string, Resource> = new Map();

  /** Earlier paths win. */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Looks at all files; parses those that say something else than before. One reading at a time. */
  async read(): Promise<FileSetReading> {
    const problems: string[] = [];
    const files = new Map<string, KnownFile>();
    for (const found of await this.#list(problems)) {
      if (files.has(found.file)) continue;
      // One file after the other on purpose: there are few, and their order decides.
      const known = await readKnown(found, this.#files.get(found.file));
      if (known === undefined) continue;
      files.set(found.file, known);
      problems.push(...known.problems);
    }
    this.#files = files;
    this.#resources = this.#merge(problems);
    return { resources: this.#resources, problems };
  }

  /** Files of all paths. Those of a path that is away for now keep what they said. */
  async #list(problems: string[]): Promise<readonly FoundFile[]> {
    const lists = this.#paths.map(async (path): Promise<readonly FoundFile[]> => {
      try {
        return (await listFiles(path)).map((file) => ({ file, path }));
      } catch (error) {
        problems.push(problemOf(path, error));
        return [...this.#files.values()].filter((known) => known.path === path);
      }
    });
    return (await Promise.all(lists)).flat();
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
          merged.set(key, before !== undefined && isDeepStrictEqual(before, resource) ? before : resource);
        } else if (origin.path === path) {
          problems.push(`${file}: ${resourceTitle(resource)} is in ${origin.file} already, which wins`);
        }
      }
    }
    return merged;
  }
}

/** Undefined where the file has gone since it was listed. */
async function readKnown({ file, path }: FoundFile, before: KnownFile | undefined): Promise<KnownFile | undefined> {
  const good = before?.good ?? [];
  try {
    const text = await readFile(file, "utf8");
    if (before !== undefined && text === before.text) return before;
    const parsed: ParsedFile = await parseFile(text, file);
    const { problems } = parsed;
    return { file, path, text, problems, good: problems.length === 0 ? parsed.resources : good };
  } catch (error) {
    if (file !== path && isMissing(error)) return undefined;
    return { file, path, text: undefined, problems: isMissing(error) ? [] : [problemOf(file, error)], good };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder; it is looked for again",
  EACCES: "this process may not read it",
};

function problemOf(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return `${path}: ${reasons[code ?? ""] ?? message}`;
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
