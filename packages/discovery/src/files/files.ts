import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Resource } from "@intramesh/config";
import { type Cancel, MeshError, type Scheduler, type SourceListener } from "@intramesh/core";
import { resourceKey, resourceTitle } from "../resource-key.ts";
import type { ResourceSource, ResourceState } from "../resource-source.ts";
import { systemScheduler } from "../system-time.ts";
import { PathWatcher } from "./path-watcher.ts";
import { type FileContents, listFiles, readResources } from "./read-resources.ts";

/** Editors write a file in several steps: they are one change. */
const settleMs = 25;

/** Looks again without being told: network file systems and mounted volumes tell nothing. */
const pollMs = 5_000;

/**
 * Resources from folders of YAML, and from single files, as they are now and as they change. Every file below a folder
 * counts that ends in .yaml, .yml or .json; objects of other API groups (a Deployment) are passed over. Earlier paths
 * win. A file that is wrong keeps what it last said, and is reported with file, line and reason.
 */
export function files(...paths: string[]): ResourceSource {
  return filesSource(paths, systemScheduler);
}

/** The same with the scheduler as an argument. */
export function filesSource(paths: readonly string[], scheduler: Scheduler): ResourceSource {
  return new FilesSource(paths, scheduler);
}

/** A file, and the one of the source's paths that led to it. */
interface FoundFile {
  readonly file: string;
  readonly path: string;
}

/** What a file last said that was right. */
interface GoodFile extends FoundFile {
  readonly resources: readonly Resource[];
}

class FilesSource implements ResourceSource {
  readonly name: string;
  readonly #paths: readonly string[];
  readonly #scheduler: Scheduler;
  readonly #watcher: PathWatcher;
  #listener: SourceListener<ResourceState> | undefined;
  #cancelSettle: Cancel | undefined;
  #cancelPoll: Cancel = () => {};
  #reading: Promise<void> = Promise.resolve();
  /** By file name. */
  #good = new Map<string, GoodFile>();
  /** What was reported and still is so. */
  #reported = new Set<string>();
  #resources = new Map<string, Resource>();
  #delivered = false;
  #closed = false;

  constructor(paths: readonly string[], scheduler: Scheduler) {
    this.name = `files ${paths.join(", ")}`;
    this.#paths = paths;
    this.#scheduler = scheduler;
    this.#watcher = new PathWatcher(paths, () => this.#changed());
  }

  start(listener: SourceListener<ResourceState>): void {
    this.#listener = listener;
    this.#read();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelSettle?.();
    this.#cancelPoll();
    this.#watcher.close();
    await this.#reading;
  }

  #changed(): void {
    this.#cancelSettle ??= this.#scheduler.after(settleMs, () => this.#read());
  }

  /** One reading at a time: what changes during one is seen by the next. */
  #read(): void {
    this.#cancelSettle = undefined;
    this.#cancelPoll();
    this.#reading = this.#reading.then(async () => {
      if (this.#closed) return;
      // Before reading: a change in between is told, and read again.
      this.#watcher.refresh();
      await this.#readAll();
      if (!this.#closed) this.#cancelPoll = this.#scheduler.after(pollMs, () => this.#read());
    });
  }

  async #readAll(): Promise<void> {
    const problems: string[] = [];
    const good = new Map<string, GoodFile>();
    for (const { file, path } of await this.#list(problems)) {
      if (good.has(file)) continue;
      // One file after the other on purpose: there are few, and their order decides.
      const contents = await contentsOf(file);
      problems.push(...contents.problems);
      const resources = contents.problems.length === 0 ? contents.resources : this.#good.get(file)?.resources;
      if (resources !== undefined) good.set(file, { file, path, resources });
    }
    if (this.#closed) return;
    this.#good = good;
    const merged = this.#merge(problems);
    this.#report(problems);
    if (this.#delivered && sameResources(merged, this.#resources)) return;
    this.#resources = merged;
    this.#delivered = true;
    this.#listener?.onUpdate(this.#state());
  }

  /** Files of all paths. Those of a path that is away for now keep what they said. */
  async #list(problems: string[]): Promise<readonly FoundFile[]> {
    const lists = this.#paths.map(async (path): Promise<readonly FoundFile[]> => {
      try {
        return (await listFiles(path)).map((file) => ({ file, path }));
      } catch (error) {
        problems.push(`${path}: ${reasonOf(error as NodeJS.ErrnoException)}`);
        return [...this.#good.values()].filter((good) => good.path === path);
      }
    });
    return (await Promise.all(lists)).flat();
  }

  /** An earlier path may say otherwise than a later one; two files of one path contradict each other. */
  #merge(problems: string[]): Map<string, Resource> {
    const merged = new Map<string, Resource>();
    const origins = new Map<string, FoundFile>();
    for (const { file, path, resources } of this.#good.values()) {
      for (const resource of resources) {
        const key = resourceKey(resource);
        const origin = origins.get(key);
        if (origin !== undefined) {
          if (origin.path === path) {
            problems.push(`${file}: ${resourceTitle(resource)} is in ${origin.file} already, which wins`);
          }
          continue;
        }
        const known = this.#resources.get(key);
        origins.set(key, { file, path });
        merged.set(key, known !== undefined && isDeepStrictEqual(known, resource) ? known : resource);
      }
    }
    return merged;
  }

  /** Tells each problem once, for as long as it lasts. */
  #report(problems: readonly string[]): void {
    const fresh = problems.filter((problem) => !this.#reported.has(problem));
    this.#reported = new Set(problems);
    if (fresh.length > 0) this.#listener?.onError(new MeshError("MESH_BAD_RESOURCE", fresh.join("\n")));
  }

  #state(): ResourceState {
    const resources = [...this.#resources.values()];
    const revision = createHash("sha256").update(JSON.stringify(resources)).digest("hex").slice(0, 12);
    return { resources, revision, description: `${this.name} at ${revision}`, stale: false };
  }
}

async function contentsOf(file: string): Promise<FileContents> {
  try {
    return await readResources(file);
  } catch (error) {
    return { resources: [], problems: [`${file}: ${reasonOf(error as NodeJS.ErrnoException)}`] };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder; it is looked for again",
  EACCES: "this process may not read it",
};

function reasonOf(error: NodeJS.ErrnoException): string {
  return reasons[error.code ?? ""] ?? error.message;
}

function sameResources(some: ReadonlyMap<string, Resource>, others: ReadonlyMap<string, Resource>): boolean {
  if (some.size !== others.size) return false;
  for (const [key, resource] of some) if (others.get(key) !== resource) return false;
  return true;
}
