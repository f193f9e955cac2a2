import { createHash } from "node:crypto";
import type { Resource } from "@intramesh/config";
import { type Cancel, MeshError, type Scheduler, type SourceListener } from "@intramesh/core";
import { compareResources } from "../resource-change-log.ts";
import type { ResourceSource, ResourceState } from "../resource-source.ts";
import { systemScheduler } from "../system-time.ts";
import { FileSet } from "./file-set.ts";
import { PathWatcher } from "./path-watcher.ts";

/** Editors write a file in several steps: they are one change. */
const settleMs = 25;

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

/** The same with the scheduler as an argument. */
export function filesSource(paths: readonly string[], scheduler: Scheduler): ResourceSource {
  return new FilesSource(paths, scheduler);
}

class FilesSource implements ResourceSource {
  readonly name: string;
  readonly #scheduler: Scheduler;
  readonly #set: FileSet;
  readonly #watcher: PathWatcher;
  #listener: SourceListener<ResourceState> | undefined;
  #cancelSettle: Cancel | undefined;
  #cancelPoll: Cancel = () => {};
  #reading: Promise<void> = Promise.resolve();
  /** What was reported and still is so. */
  #reported = new Set<string>();
  #delivered: ReadonlyMap<string, Resource> | undefined;
  #closed = false;

  constructor(paths: readonly string[], scheduler: Scheduler) {
    this.name = `files ${paths.join(", ")}`;
    this.#scheduler = scheduler;
    this.#set = new FileSet(paths);
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
      const { resources, problems } = await this.#set.read();
      if (this.#closed) return;
      this.#report(problems);
      this.#deliver(resources);
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
