import { readFileSync, type Stats, statSync } from "node:fs";
import type { Clock } from "@intramesh/core";
import type { Logger } from "./logger.ts";

/** How often the file is looked at, at most; a token that is taken back counts for that long. */
const lookEveryMs = 1_000;

/** Tells the token that holds now. */
export type CurrentToken = () => string;

/**
 * Follows the token in a file: who changes the file changes the token, without a restart. Throws where there is none at
 * the start; a file that goes or is emptied later leaves the former token in force; a
 * warning says so once.
 */
export function followTokenFile(file: string, clock: Clock, logger: Logger): CurrentToken {
  let token = readToken(file);
  let version = versionOf(statSync(file));
  let lookedAt = clock.now();
  return () => {
    if (clock.now() - lookedAt < lookEveryMs) return token;
    lookedAt = clock.now();
    const before = version;
    try {
      version = versionOf(statSync(file));
      if (version === before) return token;
      token = readToken(file);
      logger.info(`the token of ${file} has changed`);
    } catch (error) {
      version = "unreadable";
      if (before !== version) logger.warn(`${(error as Error).message}; the former token stays in force`);
    }
    return token;
  };
}

function readToken(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8").trim();
  } catch (cause) {
    throw new Error(`--token-file ${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (text === "") throw new Error(`--token-file ${file} is empty: it must hold the token`);
  return text;
}

/** A file replaced by a rename has another inode, one written to another time or size. */
function versionOf({ ino, mtimeMs, size }: Stats): string {
  return `${ino} ${mtimeMs} ${size}`;
}
