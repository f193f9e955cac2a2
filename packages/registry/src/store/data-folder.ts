import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The folder of a registry's data, and what stands in it beside the database. */
export class DataFolder {
  readonly databaseFile: string;
  readonly #ownerFile: string;
  readonly #markFile: string;

  /** Makes the folder where it is missing; throws where it cannot. */
  constructor(folder: string) {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (cause) {
      throw new Error(`the data folder ${folder} cannot be used: ${(cause as Error).message}`, { cause });
    }
    this.databaseFile = join(folder, "registry.db");
    this.#ownerFile = join(folder, "registry.pid");
    this.#markFile = join(folder, "registry.mark");
  }

  /** Says which process has the database open; the database's own lock is what keeps others out. */
  claim(): void {
    writeNote(this.#ownerFile, process.pid);
  }

  /** The process that claimed the folder last; undefined where that is not known. */
  owner(): number | undefined {
    return readNumber(this.#ownerFile);
  }

  /** The highest revision that is known to have been here; a database below it is an older copy. */
  mark(): number {
    return readNumber(this.#markFile) ?? 0;
  }

  setMark(revision: number): void {
    writeNote(this.#markFile, revision);
  }
}

/** Notes are for after an accident: a full disk must not make one of them. */
function writeNote(file: string, value: number): void {
  try {
    writeFileSync(file, String(value));
  } catch {
    // The older note stands, or none.
  }
}

function readNumber(file: string): number | undefined {
  try {
    const text = readFileSync(file, "utf8");
    return /^\d+$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}
