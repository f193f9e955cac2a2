import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MeshError } from "@intramesh/core";
import type { ResourceState } from "./resource-source.ts";

/** A state that an earlier process, or this one, was in. */
export interface RememberedState {
  /** Its resources are as they were written: not checked again. */
  readonly state: ResourceState;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
}

/** Keeps the last state that was received whole, so that a process can start while its source is away. */
export interface LastKnownGood {
  /** Where it is kept. */
  readonly path: string;
  /** Undefined where nothing was kept. Rejects with a MeshError that says why a file there is of no use. */
  load(): Promise<RememberedState | undefined>;
  /** The subscriptions of the state that `load` would give, without reading it; none where there are none. Never rejects. */
  subscriptions(): Promise<readonly string[]>;
  /** Replaces what was kept, in one step: a reader finds the former state or this one. */
  save(state: ResourceState): Promise<void>;
}

/** First line of the file; each line after it is a resource. */
interface Head {
  readonly format: 1;
  readonly revision: string;
  readonly description: string;
  readonly count: number;
  /** See ResourceState. */
  readonly mesh?: unknown;
  /** See ResourceState; absent where the state had all instances. */
  readonly subscriptions?: readonly string[];
}

/** Written in pieces of about this size, so that a large state does not hold up the event loop at once. */
const pieceChars = 64 * 1024;

/**
 * Keeps the state in `directory`, under a file name made of `key`, readable by its owner only: resources may say
 * more than every user of the machine should know. Processes with the same key share the file; the last writer wins.
 */
export function lastKnownGood(directory: string, key: string): LastKnownGood {
  const path = join(directory, `${encodeURIComponent(key)}.ndjson`);
  return {
    path,
    load: () => load(path),
    subscriptions: () => readSubscriptions(path),
    async save(state) {
      // Process ids repeat: in containers that share a volume, and after a crash.
      const temporary = `${path}.${randomUUID()}.tmp`;
      await mkdir(directory, { recursive: true, mode: 0o700 });
      try {
        await write(temporary, state);
        await rename(temporary, path);
      } catch (error) {
        await rm(temporary, { force: true });
        throw error;
      }
    },
  };
}

async function write(path: string, state: ResourceState): Promise<void> {
  const { resources, revision, description, mesh, subscriptions } = state;
  const head: Head = {
    format: 1,
    revision,
    description,
    count: resources.length,
    ...(mesh === undefined ? {} : { mesh }),
    ...(subscriptions === undefined ? {} : { subscriptions }),
  };
  const file = await open(path, "wx", 0o600);
  try {
    let piece = `${JSON.stringify(head)}\n`;
    for (const resource of resources) {
      piece += `${JSON.stringify(resource)}\n`;
      if (piece.length < pieceChars) continue;
      // One after the other on purpose: the event loop turns in between.
      await file.write(piece);
      piece = "";
    }
    await file.write(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function load(path: string): Promise<RememberedState | undefined> {
  try {
    const { mtimeMs } = await stat(path);
    return { state: await read(path), savedAt: mtimeMs };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new MeshError(
      "MESH_BAD_RESOURCE",
      `the last known good state in ${path} is ignored: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function readSubscriptions(path: string): Promise<readonly string[]> {
  try {
    const file = await open(path);
    try {
      for await (const line of file.readLines({ autoClose: false })) {
        const { format, subscriptions } = JSON.parse(line) as Partial<Head>;
        const known = format === 1 && Array.isArray(subscriptions) ? subscriptions : [];
        return known.filter((term) => typeof term === "string");
      }
    } finally {
      await file.close();
    }
  } catch {
    // `load` says what is wrong with it, where it is needed.
  }
  return [];
}

async function read(path: string): Promise<ResourceState> {
  const values: unknown[] = [];
  for await (const line of createInterface({ input: createReadStream(path) })) values.push(JSON.parse(line));
  const [head, ...resources] = values as [Partial<Head> | undefined, ...ResourceState["resources"]];
  if (head === undefined) throw new Error("it is empty");
  if (head.format !== 1) throw new Error(`its format is ${JSON.stringify(head.format)}, this version reads format 1`);
  if (head.count !== resources.length) throw new Error(`it holds ${resources.length} of its ${head.count} resources`);
  const { mesh } = head;
  return {
    resources,
    revision: String(head.revision),
    description: String(head.description),
    stale: true,
    ...(mesh === undefined ? {} : { mesh }),
  };
}
