import { createHash } from "node:crypto";
import type { Resource } from "@intramesh/config";
import { type Cancel, MeshError, type Scheduler, type SourceListener } from "@intramesh/core";
import { compareResources } from "../resource-change-log.ts";
import type { ResourceSource, ResourceState } from "../resource-source.ts";
import { systemScheduler, systemWallMs } from "../system-time.ts";
import { FileSet } from "./file-set.ts";
import { PathWatcher } from "./path-watcher.ts";

/** Files are written in several steps, and several at once: what follows within this time belongs to the change. */
const settleMs = 25;

/** Who never comes to rest is read all the same. */
const longestSettleMs = 250;

/** Looks again without being told: network file systems and mounted volumes tell nothing. */
const pollMs = 5_000;

/** Of a digest of the resources: enough to tell two states apart, short enough to be read out. */
const revisionChars = 12;

/**
 * Resources from folders of YAML, and from single files, as they are now and as they change. Every file below a folder
 * counts that ends in .yaml, .yml or .json; objects of other API groups (a Deployment) are passed over. Earlier paths
 * win. A file that is wrong keeps what it last said, and is reported with file, line and reason.
 */
export function files(...paths: string[]): ResourceSource {
  return filesSource(paths, systemScheduler);
}

/** The same with time as arguments; `wallMs` tells milliseconds since 1970. */
export function filesSource(
  paths: readonly string[],
  scheduler: Scheduler,
  wallMs: () => number = systemWallMs,
): ResourceSource {
  return new FilesSource(paths, scheduler, wallMs);
}

class FilesSource implements ResourceSource {
  readonly name: string;
  readonly #paths: readonly string[];
  readonly #scheduler: Scheduler;
  readonly #set: FileSet;
  readonly #watcher: PathWatcher;
  #listener: SourceListener<ResourceState> | undefined;
  #cancelSettle: Cancel = () => {};
  #cancelLongestSettle: Cancel | undefined;
  #cancelPoll: Cancel = () => {};
  #reading: Promise<void> = Promise.resolve();
  /** What was reported and still is so. */
  #reported = new Set<string>();
  #delivered: ReadonlyMap<string, Resource> | undefined;
  #closed = false;

  constructor(paths: readonly string[], scheduler: Scheduler, wallMs: () => number) {
    this.name = `files ${paths.join(", ")}`;
    this.#scheduler = scheduler;
    this.#paths = paths;
    this.#set = new FileSet(paths, wallMs);
    this.#watcher = new PathWatcher(() => this.#changed());
  }

  start(listener: SourceListener<ResourceState>): void {
    this.#listener = listener;
    this.#read();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#cancelTimers();
    this.#watcher.close();
    await this.#reading;
  }

  #changed(): void {
    this.#cancelSettle();
    this.#cancelSettle = this.#scheduler.after(settleMs, () => this.#read());
    this.#cancelLongestSettle ??= this.#scheduler.after(longestSettleMs, () => this.#read());
  }

  #cancelTimers(): void {
    this.#cancelSettle();
    this.#cancelLongestSettle?.();
    this.#cancelLongestSettle = undefined;
    this.#cancelPoll();
  }

  /** One reading at a time: what changes during one is seen by the next. */
  #read(): void {
    this.#cancelTimers();
    this.#reading = this.#reading.then(async () => {
      if (this.#closed) return;
      let isNew = false;
      const { resources, problems } = await this.#set.read((folders) => {
        // Before the files are looked at: a change from here on is told.
        if (!this.#closed) isNew = this.#watcher.watchOnly(folders, this.#paths);
      });
      if (this.#closed) return;
      // What came between the listing of a folder and its watch is not.
      if (isNew) this.#changed();
      this.#report(problems);
      this.#deliver(resources);
      this.#cancelPoll();
      this.#cancelPoll = this.#scheduler.after(pollMs, () => this.#read());
    });
  }

  /** Tells each problem once, for as long as it lasts. */
  #report(problems: readonly string[]): void {
    const fresh = problems.filter((problem) => !this.#reported.has(problem));
    this.#reported = new Set(problems);
    if (fresh.length > 0) this.#listener?.onError(new MeshError("MESH_BAD_RESOURCE", fresh.join("\n")));
  }

  #deliver(resources: ReadonlyMap<string, Resource>): void {
    const changes = this.#delivered === undefined ? undefined : compareResources(this.#delivered, resources);
    if (this.#delivered !== undefined && changes === undefined) return;
    this.#delivered = resources;
    const list = [...resources.values()];
    const revision = createHash("sha256").update(JSON.stringify(list)).digest("hex").slice(0, revisionChars);
    const description = `${this.name} at ${revision}`;
    this.#listener?.onUpdate({ resources: list, changes, revision, description, stale: false });
  }
}
