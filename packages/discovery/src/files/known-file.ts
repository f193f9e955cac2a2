import type { BigIntStats } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { Resource } from "@intramesh/config";
import { resourceKey } from "../resource-key.ts";
import { parseFile } from "./parse-file.ts";

/** A file, and the one of the set's paths that led to it. */
export interface FoundFile {
  readonly file: string;
  readonly path: string;
}

/** What is known of a file after it was looked at. */
export interface KnownFile extends FoundFile {
  /** Which content it had, as its inode tells; undefined where that cannot be told apart from the next. */
  readonly stamp: string | undefined;
  /** Undefined where it could not be read. */
  readonly text: string | undefined;
  readonly problems: readonly string[];
  /** What it last said that was right. One that did not change is the same object as before. */
  readonly good: readonly Resource[];
}

/**
 * How old a change must be for the next one to have another time, in ms: FAT keeps two seconds, NFS one, and ext4 the
 * kernel's tick.
 */
const coarsestTimeMs = 2_000;

/**
 * Looks at a file again; reads it only where its inode says that it has changed, and parses it only where its text has.
 * Undefined where it has gone. `wallMs`: the time now, in milliseconds since 1970.
 */
export async function lookAgain(
  { file, path }: FoundFile,
  before: KnownFile | undefined,
  wallMs: number,
): Promise<KnownFile | undefined> {
  const good = before?.good ?? [];
  try {
    const stats = await stat(file, { bigint: true });
    const stamp = stampOf(stats);
    if (before?.stamp === stamp) return before;
    const text = await readFile(file, "utf8");
    const known = { file, path, text, stamp: isOld(stats, wallMs) ? stamp : undefined };
    if (before !== undefined && text === before.text) return { ...before, ...known };
    if (text.trim() === "" && good.length > 0) return { ...known, problems: [emptied(file)], good };
    const { problems, resources } = await parseFile(text, file);
    return { ...known, problems, good: problems.length === 0 ? keepSame(resources, good) : good };
  } catch (error) {
    if (file !== path && isMissing(error)) return undefined;
    const problems = isMissing(error) ? [] : [problemOf(file, error)];
    return { file, path, stamp: undefined, text: undefined, problems, good };
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder; it is looked for again",
  EACCES: "this process may not read it",
};

/** One line that begins with the file. */
export function problemOf(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return `${path}: ${reasons[code ?? ""] ?? message}`;
}

function stampOf({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function isOld({ mtimeMs, ctimeMs }: BigIntStats, wallMs: number): boolean {
  return wallMs - Number(mtimeMs > ctimeMs ? mtimeMs : ctimeMs) > coarsestTimeMs;
}

/** Who writes a file anew empties it first. */
function emptied(file: string): string {
  return `${file}: is empty; what it said stays until it says something. To take that back, delete the file, or leave a comment in it`;
}

function keepSame(resources: readonly Resource[], before: readonly Resource[]): readonly Resource[] {
  const known = new Map(before.map((resource) => [resourceKey(resource), resource]));
  return resources.map((resource) => {
    const same = known.get(resourceKey(resource));
    return same !== undefined && isDeepStrictEqual(same, resource) ? same : resource;
  });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
